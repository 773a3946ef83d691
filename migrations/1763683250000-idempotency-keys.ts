import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Answers kept for requests that are sent again under the same Idempotency-Key. */
export class IdempotencyKeys1763683250000 implements MigrationInterface {
  name = 'IdempotencyKeys1763683250000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table idempotency_key (
        id uuid primary key,
        scope_hash text collate "C" not null unique,
        request_hash text not null,
        lease_token uuid not null,
        leased_until timestamptz(3) not null,
        status integer,
        headers jsonb,
        answer text,
        sealed_answer text,
        created_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        check (answer is null or sealed_answer is null)
      )`);
    await runner.query(`create index idempotency_key_expiry on idempotency_key (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table idempotency_key`);
  }
}
