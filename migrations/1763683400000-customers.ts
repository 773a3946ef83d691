import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Free-text search for every script, numbered codes, customers and who they are elsewhere. */
export class Customers1763683400000 implements MigrationInterface {
  name = 'Customers1763683400000';

  async up(runner: QueryRunner): Promise<void> {
    // pg_trgm takes for letters what the C library of the server's locale does, which may be ASCII alone; Arabic names
    // would then be in no index. The key writes every other character as some ASCII letter: good enough to find
    // candidates by, and the text itself is compared after.
    await runner.query(`
      create function search_key(text) returns text language sql immutable strict parallel safe as $$
        select case when octet_length($1) = length($1) then lower($1) else (
          select string_agg(case when ascii(c) < 128 then c else chr(97 + ascii(c) % 26) end, '' order by n)
            from regexp_split_to_table(lower($1), '') with ordinality as letters (c, n)
        ) end
      $$`);
    // CUST-001, CUST-1000: three digits or more
    await runner.query(`
      create function numbered_code(prefix text, n bigint) returns text language sql immutable strict parallel safe as $$
        select prefix || lpad(n::text, greatest(3, length(n::text)), '0')
      $$`);
    await runner.query(`create sequence customer_number`);
    await runner.query(`
      create table customer (
        id uuid primary key,
        code text collate "C" not null constraint customer_code unique,
        name text,
        phone text,
        phone_e164 text collate "C" constraint customer_phone unique check (phone_e164 ~ '^[+][1-9][0-9]{4,14}$'),
        email text,
        company text,
        notes text,
        tags text[] not null default '{}',
        source text,
        anonymised_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        search_text text not null generated always as (lower((
          ' ' || code || ' ' || coalesce(name, '') || ' ' || coalesce(phone_e164, phone, '') || ' ' ||
          coalesce(email, '') || ' ' || coalesce(company, '')
        ) collate "default")) stored,
        constraint customer_anonymised check (anonymised_at is null or
          num_nonnulls(name, phone, phone_e164, email, company, notes) = 0 and tags = '{}')
      )`);
    await runner.query(`create index customer_newest on customer (created_at desc, id desc)`);
    await runner.query(`create index customer_email on customer (lower(email), created_at desc, id desc)`);
    await runner.query(`create index customer_search on customer using gin (search_key(search_text) gin_trgm_ops)`);
    await runner.query(`
      create table customer_foreign_identity (
        id uuid primary key,
        customer_id uuid not null references customer,
        integration_id uuid not null,
        foreign_id text collate "C" not null,
        owns_fields boolean not null,
        created_at timestamptz(3) not null default now(),
        constraint customer_foreign_identity_once unique (integration_id, foreign_id)
      )`);
    await runner.query(`create index customer_foreign_identity_customer on customer_foreign_identity (customer_id)`);
    // the first link owns the customer's fields; a second owner cannot be written
    await runner.query(`
      create unique index customer_foreign_identity_owner on customer_foreign_identity (customer_id) where owns_fields`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table customer_foreign_identity`);
    await runner.query(`drop table customer`);
    await runner.query(`drop sequence customer_number`);
    await runner.query(`drop function numbered_code(text, bigint)`);
    await runner.query(`drop function search_key(text)`);
  }
}
