import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { Leader } from '../../../platform/database/leader';
import { TicketsRepository } from '../tickets.repository';
import { TicketsService } from '../tickets.service';

const DUTY = 'ticket-targets';
const BATCH = 100;
/** New targets are minutes long; the sweep looks at least this often and otherwise just when the next one is due. */
const LOOK_MS = 5_000;

/**
 * Tells of targets that are near their end or past it, when they are. One process leads; should two sweep at once, the
 * lock on the ticket and the clock that remembers what was told keep each telling single.
 */
@Injectable()
export class SlaSweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SlaSweep.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopped = false;
  private failures = 0;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly leader: Leader,
    private readonly tickets: TicketsRepository,
    private readonly service: TicketsService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.runsJobs) this.leader.lead(DUTY, () => this.wake());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private wake(): void {
    clearTimeout(this.timer);
    if (this.stopped || this.running || !this.leader.leads(DUTY)) return;
    this.running = this.round()
      .catch((error: Error) => {
        this.logger.error(`sweep: ${error.message}`);
        return LOOK_MS;
      })
      .then((wait) => {
        this.running = undefined;
        if (!this.stopped) this.timer = setTimeout(() => this.wake(), wait);
      });
  }

  private async round(): Promise<number> {
    this.failures = 0;
    await this.sweep();
    // what could not be told is due still: it is tried again with the next look, not at once
    if (this.failures > 0) return LOOK_MS;
    const next = await this.database.read.one<{ ms: number | null }>(
      `select extract(epoch from min(next_at) - clock_timestamp()) * 1000 as ms from ticket_sla where next_at is not null`,
    );
    return Math.min(LOOK_MS, Math.max(50, Math.ceil(next?.ms ?? LOOK_MS)));
  }

  /** Tells all that is due; returns of how many tickets something was told. */
  async sweep(): Promise<number> {
    let told = 0;
    let after: { at: Date; id: string } | undefined;
    for (;;) {
      const due = await this.database.read.rows<{ id: string; ticket_id: string; next_at: Date }>(
        `select id, ticket_id, next_at from ticket_sla
          where next_at <= clock_timestamp() ${after ? 'and (next_at, id) > ($2::timestamptz, $3::uuid)' : ''}
          order by next_at, id limit $1`,
        [BATCH, ...(after ? [after.at, after.id] : [])],
      );
      for (const { ticket_id } of due) {
        if (this.stopped) return told;
        // one ticket that cannot be told of must not keep the others waiting
        if (await this.tell(ticket_id).catch((error: Error) => this.failed(ticket_id, error))) told += 1;
      }
      const last = due.at(-1);
      if (!last || due.length < BATCH) return told;
      after = { at: last.next_at, id: last.id };
    }
  }

  private tell(ticketId: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const locked = await this.tickets.lockUnlessTaken(tx, ticketId);
      return locked ? (await this.service.tellAlerts(tx, locked)) !== locked.ticket : false;
    });
  }

  private failed(ticketId: string, error: Error): boolean {
    this.failures += 1;
    this.logger.error({ ticket: ticketId }, `target not told: ${error.message}`);
    return false;
  }
}
