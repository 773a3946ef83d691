import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config';
import { Database } from '../database/database';
import { Notifier } from '../database/notifier';
import { MAIL_OWED, Mailer } from './mailer';
import { LetterRefused, MailTransport } from './transport';

const AT_ONCE = 5;
const LEASE_SECONDS = 120;
const MAX_ATTEMPTS = 8;
const SWEEP_MS = 5_000;
const KEEP_SETTLED_DAYS = 30;

interface Claimed {
  id: string;
  template: string;
  to_address: string;
  data: Record<string, unknown>;
  attempts: number;
}

/** Seconds until the next attempt after `attempts` failed ones: 10 s, 30 s, 90 s … at most an hour. */
export const retryDelaySeconds = (attempts: number): number => Math.min(10 * 3 ** (attempts - 1), 3_600);

/** Sends what is owed: claims due mails under a lease, tries each a bounded number of times, and says when it gives up. */
@Injectable()
export class MailWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Mail');
  private running: Promise<void> | undefined;
  private again = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly notifier: Notifier,
    private readonly mailer: Mailer,
    private readonly transport: MailTransport,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.transport.canSend) {
      this.logger.error('EMAIL_HOST is not set: no mail can be sent, so nobody can reset a forgotten password');
    }
    if (!this.config.runsJobs || !this.transport.canSend) return;
    this.stopListening = this.notifier.listen(MAIL_OWED, () => this.wake());
    this.timer = setInterval(() => this.wake(), SWEEP_MS);
    this.timer.unref();
    this.wake();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    this.stopListening?.();
    await this.running;
  }

  /** A ring while it works is not lost: it looks once more. */
  private wake(): void {
    this.again = true;
    if (this.stopped) return;
    this.running ??= this.work().finally(() => {
      this.running = undefined;
    });
  }

  private async work(): Promise<void> {
    try {
      while (this.again && !this.stopped) {
        this.again = false;
        await this.settleOld();
        for (;;) {
          const claimed = await this.claim();
          await Promise.all(claimed.map((mail) => this.deliver(mail)));
          if (claimed.length < AT_ONCE || this.stopped) break;
        }
      }
    } catch (error) {
      this.logger.error(`mails wait: ${(error as Error).message}`);
    }
  }

  private claim(): Promise<Claimed[]> {
    return this.database.transaction((tx) =>
      tx.rows<Claimed>(
        `update mail set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => $1), updated_at = now()
         where id in (
           select id from mail where status = 'owed' and next_attempt_at <= now()
           order by next_attempt_at limit $2 for update skip locked)
         returning id, template, to_address, data, attempts`,
        [LEASE_SECONDS, AT_ONCE],
      ),
    );
  }

  private async deliver(mail: Claimed): Promise<void> {
    try {
      const template = this.mailer.template(mail.template);
      if (!template) throw new Error(`this process knows no mail template ${mail.template}`);
      const text = template.render(mail.data);
      if (!text) return await this.settle(mail, 'expired', 'nothing to say any more');
      await this.transport.send({ id: mail.id, to: mail.to_address, ...text });
      await this.settle(mail, 'sent', null);
    } catch (error) {
      const { message } = error as Error;
      const final = error instanceof LetterRefused || mail.attempts >= MAX_ATTEMPTS;
      this.logger.warn(`mail ${mail.id}, attempt ${mail.attempts}${final ? ', given up' : ''}: ${message}`);
      if (final) await this.settle(mail, 'failed', message);
      else await this.postpone(mail, message);
    }
  }

  // `attempts` fences: a claim that outlived its lease no longer owns the row
  private settle(mail: Claimed, status: 'sent' | 'failed' | 'expired', error: string | null): Promise<void> {
    return this.database.transaction(async (tx) => {
      await tx.rows(
        `update mail set status = $3, data = '{}', last_error = $4, updated_at = now(),
           sent_at = case when $3 = 'sent' then now() end
         where id = $1 and attempts = $2 and status = 'owed'`,
        [mail.id, mail.attempts, status, error?.slice(0, 500) ?? null],
      );
    });
  }

  private postpone(mail: Claimed, error: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      await tx.rows(
        `update mail set last_error = $3, next_attempt_at = now() + make_interval(secs => $4), updated_at = now()
         where id = $1 and attempts = $2 and status = 'owed'`,
        [mail.id, mail.attempts, error.slice(0, 500), retryDelaySeconds(mail.attempts)],
      );
    });
  }

  private settleOld(): Promise<void> {
    return this.database.transaction(async (tx) => {
      await tx.rows(
        `update mail set status = 'expired', data = '{}', updated_at = now()
         where status = 'owed' and next_attempt_at <= now() and deliver_before <= now()`,
      );
      await tx.rows(`delete from mail where status <> 'owed' and updated_at < now() - make_interval(days => $1)`, [
        KEEP_SETTLED_DAYS,
      ]);
    });
  }
}
