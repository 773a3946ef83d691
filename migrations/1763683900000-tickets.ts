import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tickets with their numbers, comments, tags, history and targets. */
export class Tickets1763683900000 implements MigrationInterface {
  name = 'Tickets1763683900000';

  async up(runner: QueryRunner): Promise<void> {
    // The last number given on each UTC day. The row is locked until the ticket that took the number is committed.
    await runner.query(`
      create table ticket_day (
        day date primary key,
        last_number integer not null check (last_number > 0)
      )`);
    await runner.query(`
      create table ticket (
        id uuid primary key,
        code text collate "C" not null constraint ticket_code unique,
        version integer not null default 1,
        status text collate "C" not null check (status in ('open', 'in_progress', 'pending', 'resolved', 'closed')),
        priority text collate "C" not null check (priority in ('low', 'medium', 'high', 'urgent')),
        department text collate "C" not null,
        subject text not null,
        description text not null,
        customer_id uuid references customer,
        customer_code text,
        customer_name text,
        customer_phone text,
        customer_phone_e164 text,
        customer_email text,
        call_code text,
        assigned_agent_id uuid references agent,
        assigned_agent_code text,
        owner_user_id uuid references user_account,
        tags text[] not null default '{}',
        notes text,
        merged_into_id uuid references ticket,
        merged_into_code text,
        first_response_at timestamptz(3),
        resolved_at timestamptz(3),
        closed_at timestamptz(3),
        search_key text not null,
        created_by jsonb not null,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint ticket_assignee check ((assigned_agent_id is null) = (assigned_agent_code is null)),
        constraint ticket_customer check ((customer_id is null) = (customer_code is null)),
        constraint ticket_merged check ((merged_into_id is null) = (merged_into_code is null)),
        constraint ticket_merged_is_closed check (merged_into_id is null or status = 'closed'),
        constraint ticket_not_into_itself check (merged_into_id <> id),
        constraint ticket_resolved_at check (status <> 'resolved' or resolved_at is not null)
      )`);
    // Each serves one kind of list in its order, newest first; a filter left out is spelt out by the query.
    const newest = 'created_at desc, id desc';
    await runner.query(`create index ticket_newest on ticket (${newest})`);
    await runner.query(`create index ticket_by_status on ticket (status, priority, ${newest})`);
    await runner.query(`create index ticket_by_department on ticket (department, status, priority, ${newest})`);
    await runner.query(`create index ticket_by_agent on ticket (assigned_agent_id, status, priority, ${newest})`);
    await runner.query(
      `create index ticket_unassigned on ticket (status, priority, ${newest}) where assigned_agent_id is null`,
    );
    await runner.query(`create index ticket_by_customer on ticket (customer_id, ${newest})`);
    await runner.query(
      `create index ticket_by_phone on ticket (customer_phone_e164, ${newest}) where customer_phone_e164 is not null`,
    );
    await runner.query(
      `create index ticket_by_owner on ticket (owner_user_id, ${newest}) where owner_user_id is not null`,
    );
    await runner.query(`create index ticket_by_merge on ticket (merged_into_id) where merged_into_id is not null`);
    // search_key holds ASCII only: what pg_trgm takes for a letter depends on the locale of the server
    await runner.query(`create index ticket_search on ticket using gin (search_key gin_trgm_ops)`);

    // Deferred, so that all but the ticket itself can be written before its number is taken and the day is locked.
    const ofTicket = 'ticket_id uuid not null references ticket deferrable initially deferred';
    await runner.query(`
      create table ticket_tag (
        id uuid primary key,
        ${ofTicket},
        tag text collate "C" not null,
        status text collate "C" not null,
        created_at timestamptz(3) not null,
        constraint ticket_tag_once unique (ticket_id, tag)
      )`);
    // The status and the time of the ticket are kept here too, so that a list by tag is read in its order
    await runner.query(`create index ticket_by_tag on ticket_tag (tag, status, created_at desc, ticket_id desc)`);
    await runner.query(`
      create table ticket_comment (
        id uuid primary key,
        ${ofTicket},
        kind text not null check (kind in ('comment', 'note')),
        body text not null,
        is_internal boolean not null,
        author jsonb not null,
        author_role text not null,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index ticket_comment_order on ticket_comment (ticket_id, created_at, id)`);
    await runner.query(`
      create table ticket_history (
        id uuid primary key,
        ${ofTicket},
        version integer not null,
        field text not null,
        from_value jsonb,
        to_value jsonb,
        actor jsonb not null,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index ticket_history_order on ticket_history (ticket_id, created_at desc, id desc)`);
    await runner.query(`
      create table ticket_sla (
        id uuid primary key,
        ${ofTicket},
        target text not null check (target in ('first_response', 'resolution')),
        target_minutes integer check (target_minutes > 0),
        state text not null check (state in ('running', 'paused', 'met', 'canceled')),
        spent_ms bigint not null default 0 check (spent_ms >= 0),
        running_since timestamptz(3),
        warn_at timestamptz(3),
        due_at timestamptz(3),
        next_at timestamptz(3),
        warned_at timestamptz(3),
        breached_at timestamptz(3),
        met_at timestamptz(3),
        constraint ticket_sla_once unique (ticket_id, target),
        constraint ticket_sla_runs check ((state = 'running') = (running_since is not null)),
        constraint ticket_sla_met check ((state = 'met') = (met_at is not null)),
        constraint ticket_sla_next check (next_at is null or (state = 'running' and breached_at is null))
      )`);
    await runner.query(`create index ticket_sla_due on ticket_sla (next_at) where next_at is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['ticket_sla', 'ticket_history', 'ticket_comment', 'ticket_tag', 'ticket', 'ticket_day']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
