import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Remembers up to which number the log has been deleted, so that a client from before it is told to reload. */
export class EventRetention1763683600000 implements MigrationInterface {
  name = 'EventRetention1763683600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table event_counter add column trimmed_seq bigint not null default 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table event_counter drop column trimmed_seq`);
  }
}
