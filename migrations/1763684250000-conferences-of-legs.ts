import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Each conference of a call counts what it tells from 1, so one number for a leg could not order news of two: what is
 * known is kept for each conference. Of calls that go on meanwhile the next news decides. For a while the table was made
 * with the new column at once; a database of that time has nothing to change.
 */
export class ConferencesOfLegs1763684250000 implements MigrationInterface {
  name = 'ConferencesOfLegs1763684250000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table call_leg add column if not exists conferences jsonb not null default '{}'`);
    await runner.query(`alter table call_leg drop column if exists conference_order`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table call_leg add column conference_order bigint not null default 0`);
    await runner.query(`alter table call_leg drop column conferences`);
  }
}
