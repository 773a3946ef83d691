import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, Logger } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';

/** A time stamp may lie 5 minutes ahead, so its request stays acceptable for 10; a minute more for differing clocks. */
const KEPT = '11 minutes';
const SWEEP_MS = 60_000;

/** Remembers signed requests while they could be sent again. */
@Injectable()
export class Replays implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Replays.name);
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    this.timer = setInterval(() => {
      void this.sweep().catch((error: Error) => this.logger.warn(`sweep: ${error.message}`));
    }, SWEEP_MS);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Whether `token` is seen for the first time; of several at once the unique index lets one through. */
  async isFirst(token: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const made = await tx.one(
        'insert into dialer_request (id, token) values ($1, $2) on conflict (token) do nothing returning 1',
        [newId(), token],
      );
      return made !== undefined;
    });
  }

  /** Forgets what could not be accepted again anyway. */
  async sweep(): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows(`delete from dialer_request where created_at < now() - $1::interval`, [KEPT]),
    );
  }
}
