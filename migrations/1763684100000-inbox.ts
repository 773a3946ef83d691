import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What providers send us, once each. */
export class Inbox1763684100000 implements MigrationInterface {
  name = 'Inbox1763684100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table inbox_message (
        id uuid primary key,
        source text not null collate "C",
        external_id text not null collate "C",
        body jsonb,
        answer text not null,
        state text not null check (state in ('done', 'owed', 'failed')),
        attempts smallint not null default 0,
        due_at timestamptz(3),
        error text,
        created_at timestamptz(3) not null default now(),
        constraint inbox_message_once unique (source, external_id),
        constraint inbox_message_owed_is_due check ((state = 'owed') = (due_at is not null))
      )`);
    await runner.query(`create index inbox_message_due on inbox_message (due_at) where due_at is not null`);
    await runner.query(`create index inbox_message_age on inbox_message (created_at) where state <> 'owed'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table inbox_message`);
  }
}
