import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the assistance suggested and what became of it, and the suggestions that are owed to agents in calls. */
export class Assistance1763684200001 implements MigrationInterface {
  name = 'Assistance1763684200001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table assistance_suggestion (
        id uuid primary key,
        call_id uuid not null references call,
        kind text not null check (kind in ('asked', 'live')),
        asked_by jsonb not null,
        agent_id uuid references agent,
        message_sequence integer,
        message text not null,
        context text,
        suggestion text not null,
        confidence numeric(3,2) not null check (confidence between 0 and 1),
        recommended_actions text[] not null,
        intent text not null,
        sentiment text not null check (sentiment in ('negative', 'neutral', 'positive')),
        urgency text not null check (urgency in ('low', 'medium', 'high', 'urgent')),
        language text not null,
        sources jsonb not null,
        provider text not null,
        took_ms integer not null check (took_ms >= 0),
        outcome text check (outcome in ('accepted', 'edited', 'rejected')),
        outcome_text text,
        outcome_by jsonb,
        outcome_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        constraint assistance_live check (kind = 'asked' or (agent_id is not null and message_sequence is not null)),
        constraint assistance_outcome check ((outcome is null) = (outcome_at is null))
      )`);
    // one message of a customer is answered once
    await runner.query(`
      create unique index assistance_live_once on assistance_suggestion (call_id, message_sequence) where kind = 'live'`);
    await runner.query(
      `create index assistance_by_agent on assistance_suggestion (agent_id, created_at desc) where agent_id is not null`,
    );
    await runner.query(`create index assistance_by_call on assistance_suggestion (call_id, created_at desc)`);
    // one row for a call, however fast its customer speaks: only his newest words are answered
    await runner.query(`
      create table assistance_owed (
        id uuid primary key,
        call_id uuid not null references call constraint assistance_owed_once unique,
        agent_id uuid not null references agent,
        message_sequence integer not null,
        attempts integer not null default 0,
        claimed_until timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index assistance_owed_oldest on assistance_owed (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table assistance_owed`);
    await runner.query(`drop table assistance_suggestion`);
  }
}
