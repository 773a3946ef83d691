import { Injectable, Logger } from '@nestjs/common';
import { Authenticator, SESSION_ENDED } from '../../platform/access/authenticator';
import { Notifier } from '../../platform/database/notifier';
import { type Connection, endings, principalOf } from './connection';
import { complaint } from './live-message';
import { LiveHub } from './live.hub';
import { LiveLimits } from './live.limits';

/** How long an ended session is remembered, for a connection that was signing in while its session ended. */
const MEMORY_MS = 60_000;

/**
 * Looks after the connections: ends those whose session has ended, moves those whose caller has another role or other
 * departments now, drops the dead and the slow. A ring may be lost and a change of department rings nothing, so every
 * session is asked about again and again, at a rate the database does not feel.
 */
@Injectable()
export class LiveWatch {
  private readonly logger = new Logger(LiveWatch.name);
  private readonly ended = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private stopListening: (() => void) | undefined;
  private checking = false;
  private due: Connection[][] = [];
  private checkAllAt = 0;
  private allowance = 0;

  constructor(
    private readonly hub: LiveHub,
    private readonly limits: LiveLimits,
    private readonly authenticator: Authenticator,
    private readonly notifier: Notifier,
  ) {}

  start(): void {
    this.stopListening = this.notifier.listen(SESSION_ENDED, (principal) => this.sessionEnded(principal));
    const look = (): void => {
      this.lookOver();
      this.timer = setTimeout(look, this.limits.lookMs);
    };
    this.timer = setTimeout(look, this.limits.lookMs);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopListening?.();
  }

  /** Whether this session (or key) ended a moment ago; asked when a connection has just been let in. */
  hasEnded(principal: string): boolean {
    return this.ended.has(principal);
  }

  private sessionEnded(principal: string): void {
    if (principal === '') {
      // the line to the database was down: rings may have been lost
      this.checkAllAt = 0;
      return;
    }
    this.ended.set(principal, Date.now());
    for (const connection of [...this.hub.connections]) {
      if (principalOf(connection.actor) === principal) this.end(connection);
    }
  }

  private end(connection: Connection): void {
    this.hub.drop(connection);
    connection.end(endings.sessionEnded, complaint('SESSION_ENDED', 'The session has ended'));
  }

  private lookOver(): void {
    const now = Date.now();
    this.hub.dropSlow(now);
    for (const connection of this.hub.connections) connection.heartbeat(now);
    for (const [principal, at] of this.ended) if (now - at > MEMORY_MS) this.ended.delete(principal);
    void this.recheck(now);
  }

  /** Asks after some of the sessions; a round over all of them takes `recheckMs`, longer when there are very many. */
  private async recheck(now: number): Promise<void> {
    if (this.checking) return;
    this.checking = true;
    try {
      if (this.due.length === 0 && now >= this.checkAllAt) {
        this.due = this.byPrincipal();
        this.checkAllAt = now + this.limits.recheckMs;
        this.allowance = 0;
      }
      const perLook = (this.limits.recheckPerSecond * this.limits.lookMs) / 1000;
      this.allowance = Math.min(this.allowance + perLook, perLook * 2);
      while (this.due.length > 0 && this.allowance >= 1) {
        this.allowance -= 1;
        await this.ask(this.due.pop() ?? []);
      }
    } catch (error) {
      // the database is away: nobody is thrown out for that, the next look asks again
      this.logger.warn(`sessions cannot be checked: ${(error as Error).message}`);
    } finally {
      this.checking = false;
    }
  }

  private byPrincipal(): Connection[][] {
    const groups = new Map<string, Connection[]>();
    for (const connection of this.hub.connections) {
      const principal = principalOf(connection.actor);
      const group = groups.get(principal);
      if (group) group.push(connection);
      else groups.set(principal, [connection]);
    }
    return [...groups.values()];
  }

  private async ask(connections: Connection[]): Promise<void> {
    const one = connections.find((connection) => connection.open);
    if (!one) return;
    const actor = await this.authenticator.refresh(one.actor);
    for (const connection of connections) {
      if (!connection.open) continue;
      if (actor) connection.become(actor);
      else this.end(connection);
    }
  }
}
