import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An agent's status changes four times in each call. While any index looks at what changes, every index of the table is
 * written again each time, the one for searching included: 74 pages touched and half a millisecond, against 6 pages without
 * (docs/benchmarks.md, distribution). Agents are the people of one call centre, thousands at most, and reading them all
 * costs less than that; so what changes is in no index, and pages filled from now on leave room for the next version of their
 * rows.
 */
export class AgentHotRows1763684300000 implements MigrationInterface {
  name = 'AgentHotRows1763684300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index agent_status`);
    await runner.query(`drop index agent_idle`);
    await runner.query(`alter table agent set (fillfactor = 50)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table agent reset (fillfactor)`);
    await runner.query(`create index agent_idle on agent (idle_since, id) where status = 'available' and is_active`);
    await runner.query(`create index agent_status on agent (status, id)`);
  }
}
