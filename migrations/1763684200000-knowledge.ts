import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Knowledge articles, and the search over them and over resolved tickets. */
export class Knowledge1763684200000 implements MigrationInterface {
  name = 'Knowledge1763684200000';

  async up(runner: QueryRunner): Promise<void> {
    // Arabic is written in many ways and looked for in others: one form of alef, ya and ta marbuta, no vowel signs, no
    // tatweel, ASCII digits. Marks of Arabic and of typography become blanks, because what the parser takes for a letter
    // beyond ASCII depends on the locale of the server.
    await runner.query(`
      create function knowledge_text(source text) returns text language sql immutable strict parallel safe as $$
        select translate(
          regexp_replace(
            regexp_replace(normalize(source, NFKC), U&'[\\064B-\\065F\\0670\\0640\\200B-\\200F\\202A-\\202E\\2066-\\2069]', '', 'g'),
            U&'[\\060C\\061B\\061F\\066A-\\066D\\06D4\\00AB\\00BB\\2010-\\2027\\2030-\\205E]', ' ', 'g'),
          'أإآٱىئؤة٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', 'ااااييوه01234567890123456789')
      $$`);
    // Each language takes its own letters: the Arabic configuration would keep English words whole, stop words too.
    await runner.query(`
      create function knowledge_vector(source text) returns tsvector language sql immutable strict parallel safe as $$
        select to_tsvector('pg_catalog.english', regexp_replace(knowledge_text(source), U&'[\\0600-\\06FF\\0750-\\077F]+', ' ', 'g'))
            || to_tsvector('pg_catalog.arabic', regexp_replace(knowledge_text(source), U&'[^\\0600-\\06FF\\0750-\\077F]+', ' ', 'g'))
      $$`);
    // Any of the words, not all: what a customer says holds many that no article does.
    await runner.query(`
      create function knowledge_query(source text) returns tsquery language sql immutable strict parallel safe as $$
        select string_agg('''' || replace(replace(word, '\\', '\\\\'), '''', '''''') || '''', ' | ')::tsquery
          from unnest(tsvector_to_array(knowledge_vector(source))) as word
      $$`);
    await runner.query(`create sequence knowledge_article_number`);
    await runner.query(`
      create table knowledge_article (
        id uuid primary key,
        code text collate "C" not null constraint knowledge_article_code unique,
        version integer not null default 1,
        title text not null,
        body text not null,
        language text collate "C" not null check (language in ('ar', 'en')),
        topic text collate "C",
        department text collate "C",
        tags text[] not null default '{}',
        written_by jsonb not null,
        vector tsvector not null generated always as (
          setweight(knowledge_vector(title), 'A') || setweight(knowledge_vector(body), 'B')) stored,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`);
    const newest = 'created_at desc, id desc';
    await runner.query(`create index knowledge_article_newest on knowledge_article (${newest})`);
    await runner.query(`create index knowledge_article_by_topic on knowledge_article (topic, ${newest})`);
    await runner.query(`create index knowledge_article_by_language on knowledge_article (language, topic, ${newest})`);
    await runner.query(`create index knowledge_article_search on knowledge_article using gin (vector)`);

    // Kept beside the ticket and not in it, so that lists of tickets do not carry it. The id is the ticket's.
    await runner.query(`
      create table ticket_knowledge (
        id uuid primary key references ticket on delete cascade,
        vector tsvector not null
      )`);
    await runner.query(`create index ticket_knowledge_search on ticket_knowledge using gin (vector)`);
    // By the database itself, so that whoever changes a ticket (an edit, a merge, the removal of a person) changes this
    // with it. search_key is empty when the person behind the ticket has been removed.
    await runner.query(`
      create function ticket_knowledge_keep() returns trigger language plpgsql as $$
      begin
        if new.status in ('resolved', 'closed') and new.merged_into_id is null and new.search_key <> '' then
          insert into ticket_knowledge (id, vector)
          values (new.id, setweight(knowledge_vector(new.subject), 'A')
            || setweight(knowledge_vector(left(new.description, 4000) || ' ' || left(coalesce(new.notes, ''), 4000)), 'B'))
          on conflict (id) do update set vector = excluded.vector;
        else
          delete from ticket_knowledge where id = new.id;
        end if;
        return null;
      end $$`);
    await runner.query(`
      create trigger ticket_knowledge_keep
      after insert or update of status, subject, description, notes, merged_into_id, search_key on ticket
      for each row when (new.status in ('resolved', 'closed')) execute function ticket_knowledge_keep()`);
    await runner.query(`
      create trigger ticket_knowledge_reopened after update of status on ticket
      for each row when (old.status in ('resolved', 'closed') and new.status not in ('resolved', 'closed'))
      execute function ticket_knowledge_keep()`);
    await runner.query(`update ticket set status = status where status in ('resolved', 'closed')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger ticket_knowledge_reopened on ticket`);
    await runner.query(`drop trigger ticket_knowledge_keep on ticket`);
    await runner.query(`drop function ticket_knowledge_keep`);
    await runner.query(`drop table ticket_knowledge`);
    await runner.query(`drop table knowledge_article`);
    await runner.query(`drop sequence knowledge_article_number`);
    await runner.query(`drop function knowledge_query`);
    await runner.query(`drop function knowledge_vector`);
    await runner.query(`drop function knowledge_text`);
  }
}
