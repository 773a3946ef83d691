import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import { Database, type Tx } from '../../../platform/database/database';
import { CallEndings } from '../call-endings';
import { CallLedger, type LockedCall } from '../call-ledger';
import { AgentDesks } from './agent-desks';
import { Departments } from './departments';
import { DueSweeper } from './due-sweeper';
import { Offers } from './offers';
import type { CallOffer, QueueEntry } from './queue.entity';
import { WaitingLine } from './waiting-line';

const ACTOR = systemActor('queue-clock');

/** What the queue does by the clock: offers time out, wrap-ups end, waits overflow, connections fail. */
@Injectable()
export class DueWork implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly sweeper: DueSweeper,
    private readonly ledger: CallLedger,
    private readonly endings: CallEndings,
    private readonly offers: Offers,
    private readonly line: WaitingLine,
    private readonly desks: AgentDesks,
    private readonly departments: Departments,
  ) {}

  onModuleInit(): void {
    this.sweeper.register({
      name: 'offer',
      sql: `select call_id as id, expires_at as at from call_offer where state = 'live'`,
      handle: (id) => this.onCall(id, (tx, call) => this.expireOffer(tx, call)),
    });
    this.sweeper.register({
      name: 'wrap-up',
      sql: `select agent_id as id, wrap_up_due_at as at from agent_desk where wrap_up_due_at is not null`,
      handle: (id) => this.database.transaction((tx) => this.desks.endWrapUp(tx, ACTOR, id)),
    });
    this.sweeper.register({
      name: 'connect',
      sql: `select id, connect_due_at as at from call where connect_due_at is not null`,
      handle: (id) => this.onCall(id, (tx, call) => this.giveUpConnecting(tx, call)),
    });
    this.sweeper.register({
      name: 'overflow',
      sql: `select call_id as id, overflow_due_at as at from queue_entry
             where state = 'waiting' and overflow_due_at is not null`,
      handle: (id) => this.onCall(id, (tx, call) => this.overflow(tx, call)),
    });
  }

  private onCall(id: string, work: (tx: Tx, call: LockedCall) => Promise<void>): Promise<void> {
    return this.database.transaction(async (tx) => work(tx, await this.ledger.lock(tx, { id })));
  }

  private async expireOffer(tx: Tx, call: LockedCall): Promise<void> {
    const offer = await tx.one<CallOffer>(
      `select * from call_offer where call_id = $1 and state = 'live' and expires_at <= clock_timestamp() for update`,
      [call.row.id],
    );
    if (offer) await this.offers.pass(tx, ACTOR, call, offer, 'missed');
  }

  /** An agent took it but they never heard each other: somebody else may have it; a number dialled is given up. */
  private async giveUpConnecting(tx: Tx, call: LockedCall): Promise<void> {
    const { connect_due_at: due, assigned_agent_id: agentId } = call.row;
    if (!due || due > call.at) return;
    const waits = await tx.one(`select 1 from queue_entry where call_id = $1 and state <> 'left'`, [call.row.id]);
    const wasDialled = await tx.one(`select 1 from telephony_command where call_id = $1 and kind = 'dial'`, [
      call.row.id,
    ]);
    if (!waits || wasDialled || !agentId) {
      await this.endings.end(tx, ACTOR, call, {
        to: call.row.answered_at ? 'failed' : 'no_answer',
        cause: 'not connected in time',
      });
      return;
    }
    await this.desks.release(tx, call.row.id, 'main');
    await this.desks.settle(tx, ACTOR, agentId, call.at);
    await this.offers.backToQueue(tx, ACTOR, call, agentId, 'not connected in time');
  }

  /** It has waited longer than its department lets it. */
  private async overflow(tx: Tx, call: LockedCall): Promise<void> {
    const entry = await tx.one<QueueEntry>(
      `select * from queue_entry where call_id = $1 and state = 'waiting' and overflow_due_at <= clock_timestamp()`,
      [call.row.id],
    );
    if (!entry) return;
    const setting = await this.departments.setting(tx, entry.department);
    const next = setting.overflow_department;
    if (call.row.answered_at || (setting.overflow === 'department' && (!next || next === entry.department))) {
      // nowhere to go: it keeps its place
      await tx.rows('update queue_entry set overflow_due_at = null where id = $1', [entry.id]);
      return;
    }
    if (setting.overflow === 'department' && next) {
      const overflowed = await this.line.join(tx, ACTOR, call, {
        department: next,
        status: 'in_queue',
        cause: `${entry.department} waited too long`,
      });
      if (overflowed) await this.endings.end(tx, ACTOR, call, overflowed);
      return;
    }
    const end = await this.line.overflow(tx, ACTOR, call, setting, 'waited too long');
    await this.endings.end(tx, ACTOR, call, { ...end, outcome: end.to === 'voicemail' ? 'overflow' : 'callback' });
  }
}
