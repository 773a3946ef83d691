import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { defineSweep } from '../../../platform/jobs/define-job';
import { type JobContext, JobRunner } from '../../../platform/jobs/job-runner';
import { SalesService } from './sales.service';

/** Looks for processes whose time to be asked has come. */
export const followSales = defineSweep({ name: 'dtech.follow', everySeconds: 5 });

const AT_ONCE = 10;
/** Longer than the gateway client tries in all, so that nobody else asks for the same process meanwhile. */
const LEASE_SECONDS = 90;

/** Follows processes in progress until they are complete or stopped, and finds starts whose answer was lost. */
@Injectable()
export class FollowProcesses implements OnModuleInit {
  constructor(
    private readonly runner: JobRunner,
    private readonly database: Database,
    private readonly sales: SalesService,
  ) {}

  onModuleInit(): void {
    this.runner.registerSweep(followSales, (context) => this.run(context));
  }

  /** Asks for everything that is due. */
  async run({ signal }: JobContext): Promise<void> {
    while (!signal.aborted) {
      const due = await this.claim();
      await Promise.all(due.map((id) => this.sales.follow(id)));
      if (due.length < AT_ONCE) return;
    }
  }

  /** Takes due processes; the lease is their due time, moved on, and a follower that dies gives them back by itself. */
  private claim(): Promise<string[]> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.rows<{ id: string }>(
        `update sales_process set follow_at = now() + $2 * interval '1 second'
          where id in (
            select id from sales_process where follow_at <= now() order by follow_at limit $1 for update skip locked)
          returning id`,
        [AT_ONCE, LEASE_SECONDS],
      );
      return rows.map((row) => row.id);
    });
  }
}
