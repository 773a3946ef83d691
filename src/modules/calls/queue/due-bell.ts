import { Injectable } from '@nestjs/common';
import { Notifier } from '../../../platform/database/notifier';

/** Rung when a call waits or an agent is free. */
export const DISTRIBUTE = 'calls_distribute';
/** Rung when something falls due, with the milliseconds until then. */
export const DUE = 'calls_due';

/** Says to every process of the house "look now" or "look then". Losing a ring loses nothing: all that is due is in rows. */
@Injectable()
export class DueBell {
  constructor(private readonly notifier: Notifier) {}

  /** A call waits in this department. */
  callWaits(department: string): void {
    this.notifier.ring(DISTRIBUTE, department);
  }

  /** An agent may take a call; which departments that concerns is not looked up. */
  agentFree(): void {
    this.notifier.ring(DISTRIBUTE, '');
  }

  /** Something falls due in so many milliseconds, by the database's clock. */
  due(inMs: number): void {
    this.notifier.ring(DUE, String(Math.max(0, Math.round(inMs))));
  }
}
