import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where to tell, what is owed to whom, and each attempt to tell it. */
export class Webhooks1763683800000 implements MigrationInterface {
  name = 'Webhooks1763683800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table webhook (
        id uuid primary key,
        code text collate "C" not null unique,
        url text not null,
        events text[] not null,
        description text,
        header_names text[] not null,
        headers text,
        secret text not null,
        previous_secret text,
        previous_secret_until timestamptz(3),
        ed25519_key text,
        public_key text,
        ordering text not null check (ordering in ('none', 'per_object')),
        max_concurrency integer check (max_concurrency between 1 and 1000),
        rate_per_second integer check (rate_per_second between 1 and 10000),
        status text not null check (status in ('active', 'disabled')),
        disabled_reason text check (disabled_reason in ('manual', 'gone', 'failing')),
        disabled_at timestamptz(3),
        consecutive_failures integer not null default 0,
        failing_since timestamptz(3),
        open_until timestamptz(3),
        last_success_at timestamptz(3),
        last_failure_at timestamptz(3),
        created_by jsonb not null,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        check ((status = 'disabled') = (disabled_reason is not null and disabled_at is not null)),
        check ((previous_secret is null) = (previous_secret_until is null))
      )`);
    await runner.query(`create index webhook_newest on webhook (created_at desc, id desc)`);
    // No foreign keys: deliveries outlive their endpoint, and events are trimmed by their own rule
    await runner.query(`
      create table webhook_delivery (
        id uuid primary key,
        webhook_id uuid not null,
        event_id uuid not null,
        seq bigint not null,
        event_name text not null,
        aggregate text not null,
        is_test boolean not null,
        status text not null default 'pending' check (status in ('pending', 'delivered', 'failed', 'cancelled')),
        attempts integer not null default 0,
        step integer not null default 0,
        next_attempt_at timestamptz(3) not null default now(),
        leased_until timestamptz(3),
        lease uuid,
        leased_by uuid,
        last_status integer,
        last_error text,
        finished_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        unique (event_id, webhook_id),
        check ((status = 'pending') = (finished_at is null))
      ) with (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05)`);
    await runner.query(
      `create index webhook_delivery_due on webhook_delivery (webhook_id, next_attempt_at, seq) where status = 'pending'`,
    );
    await runner.query(
      `create index webhook_delivery_order on webhook_delivery (webhook_id, aggregate, seq) where status = 'pending'`,
    );
    await runner.query(`create index webhook_delivery_list on webhook_delivery (webhook_id, id)`);
    await runner.query(
      `create index webhook_delivery_undelivered on webhook_delivery (webhook_id, id) where status in ('failed', 'cancelled')`,
    );
    await runner.query(
      `create index webhook_delivery_finished on webhook_delivery (finished_at) where finished_at is not null`,
    );
    await runner.query(`
      create table webhook_attempt (
        id uuid primary key,
        delivery_id uuid not null,
        number integer not null,
        started_at timestamptz(3) not null,
        duration_ms integer not null,
        status integer,
        error text,
        response text
      )`);
    // Who sends at present; what somebody held who is silent goes to another before the lease is over
    await runner.query(`
      create table webhook_worker (
        id uuid primary key,
        created_at timestamptz(3) not null default now(),
        seen_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index webhook_attempt_delivery on webhook_attempt (delivery_id, number)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table webhook_worker`);
    await runner.query(`drop table webhook_attempt`);
    await runner.query(`drop table webhook_delivery`);
    await runner.query(`drop table webhook`);
  }
}
