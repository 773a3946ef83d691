import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../platform/config/config';
import { Database } from '../../platform/database/database';

const EVERY_MS = 600_000;
const AT_ONCE = 1_000;

/** What is over and of no more use; sessions stay as long as they tell a known address (90 days). */
const OVER = {
  session: `expires_at < now() - interval '90 days'`,
  password_reset: `expires_at < now() - interval '1 day'`,
  sign_in_slowdown: `window_ends_at < now() and (blocked_until is null or blocked_until < now())`,
} as const;

/** Deletes what is over, a bounded number of rows at a time. */
@Injectable()
export class AuthSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Auth');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.timer = setInterval(() => {
      this.running ??= this.sweep().finally(() => {
        this.running = undefined;
      });
    }, EVERY_MS);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  /** Deletes one batch of each kind; what is left waits for the next time. */
  async sweep(): Promise<void> {
    try {
      for (const [table, condition] of Object.entries(OVER)) {
        await this.database.transaction((tx) =>
          tx.rows(
            `delete from ${table} where id in (
               select id from ${table} where ${condition} limit ${AT_ONCE} for update skip locked)`,
          ),
        );
      }
    } catch (error) {
      this.logger.warn(`sweep: ${(error as Error).message}`);
    }
  }
}
