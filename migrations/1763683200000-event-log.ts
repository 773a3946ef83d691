import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The event log, its counter, and the record of what a planner could not plan. */
export class EventLog1763683200000 implements MigrationInterface {
  name = 'EventLog1763683200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create extension if not exists pg_trgm`);
    await runner.query(`create extension if not exists btree_gist`);
    await runner.query(`
      create table event (
        id uuid primary key,
        position bigint generated always as identity,
        seq bigint,
        name text not null,
        aggregate text not null,
        data jsonb not null,
        actor jsonb not null,
        audience_roles text[] not null,
        audience_departments text[] not null,
        audience_users uuid[] not null,
        audience_scope text not null,
        subject_customer_id uuid,
        is_test boolean not null default false,
        request_id text,
        occurred_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create unique index event_seq on event (seq) where seq is not null`);
    await runner.query(`create index event_waiting on event (position) where seq is null`);
    await runner.query(`create index event_aggregate on event (aggregate, position)`);
    await runner.query(
      `create index event_subject on event (subject_customer_id) where subject_customer_id is not null`,
    );
    await runner.query(`
      create table event_counter (
        one boolean primary key default true check (one),
        last_seq bigint not null
      )`);
    await runner.query(`insert into event_counter (last_seq) values (0)`);
    await runner.query(`
      create table event_parked (
        id uuid primary key,
        event_id uuid not null references event on delete cascade,
        planner text not null,
        error text not null,
        created_at timestamptz(3) not null default now(),
        unique (event_id, planner)
      )`);
    // One row once the sample data has been created, so that deleting it does not bring it back
    await runner.query(`create table sample_data (one boolean primary key default true check (one))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table sample_data`);
    await runner.query(`drop table event_parked`);
    await runner.query(`drop table event_counter`);
    await runner.query(`drop table event`);
  }
}
