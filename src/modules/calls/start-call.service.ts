import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import { Database, type Tx } from '../../platform/database/database';
import { Invalid } from '../../platform/errors';
import type { AgentRow } from '../agents';
import { CallEndings } from './call-endings';
import { CallLedger, type LockedCall } from './call-ledger';
import type { CallView } from './call.view';
import { TelephonyNotConfigured } from './calls.errors';
import { type CallDetails, CallsService } from './calls.service';
import { AgentDesks } from './queue/agent-desks';
import { Departments } from './queue/departments';
import { DueBell } from './queue/due-bell';
import { WaitingLine } from './queue/waiting-line';
import { TelephonyCommands } from './telephony/telephony-commands';
import { Telephony } from './telephony/telephony.port';

/** What came of asking for a call: an agent is being connected, or it waits for one. */
export interface StartedCall {
  call: CallView;
  agent?: { id: string; name: string };
}

/** Calls that we begin: an agent is found first, then the number is dialled. */
@Injectable()
export class StartCallService {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly calls: CallsService,
    private readonly ledger: CallLedger,
    private readonly endings: CallEndings,
    private readonly line: WaitingLine,
    private readonly desks: AgentDesks,
    private readonly departments: Departments,
    private readonly commands: TelephonyCommands,
    private readonly telephony: Telephony,
    private readonly bell: DueBell,
  ) {}

  /** Dials for the asking agent, else for the one idle longest; without a free agent the call waits for one. */
  start(actor: Actor, input: CallDetails): Promise<StartedCall> {
    if (!this.telephony.isConfigured) throw new TelephonyNotConfigured();
    requireDiallable(input.phone_number);
    return this.database.transaction(async (tx) => {
      const call = await this.calls.record(
        tx,
        actor,
        { ...input, direction: input.direction ?? 'outbound' },
        'asked for',
        {
          is_carried: true,
        },
      );
      const agent = await this.freeAgent(tx, actor, call.row.department);
      if (agent) await this.dialFor(tx, actor, call, agent);
      else await this.queue(tx, actor, call);
      return {
        call: await this.ledger.view(tx, call.row, call.at),
        ...(agent ? { agent: { id: agent.code, name: agent.name } } : {}),
      };
    });
  }

  /** A call that waits for an agent before it is dialled: a promise to ring back that has fallen due. */
  async queueFor(tx: Tx, actor: Actor, input: CallDetails, cause: string, ownerId: string | null): Promise<LockedCall> {
    const call = await this.calls.record(tx, actor, { ...input, direction: 'outbound' }, cause, {
      is_carried: this.telephony.isConfigured,
      owner_user_id: ownerId,
    });
    await this.queue(tx, actor, call);
    return call;
  }

  private async freeAgent(tx: Tx, actor: Actor, department: string | null): Promise<AgentRow | undefined> {
    if (actor.agent) {
      const own = await this.desks.lock(tx, { id: actor.agent.id });
      return (await this.desks.handsFree(tx, own)) > 0 ? own : undefined;
    }
    return this.desks.idleLongest(tx, department);
  }

  private async dialFor(tx: Tx, actor: Actor, call: LockedCall, agent: AgentRow): Promise<void> {
    const seconds = this.config.calls.connectTimeoutSeconds;
    await this.desks.claim(tx, agent, call.row.id);
    await this.ledger.change(tx, actor, call, {
      kind: 'assigned',
      cause: `dialling for ${agent.code}`,
      set: { assigned_agent_id: agent.id, connect_due_at: new Date(call.at.getTime() + seconds * 1000) },
    });
    await this.desks.settle(tx, actor, agent.id, call.at);
    await this.commands.dial(tx, call.row, call.row.phone_e164 ?? call.row.phone_number);
    tx.afterCommit(() => this.bell.due(seconds * 1000));
  }

  private async queue(tx: Tx, actor: Actor, call: LockedCall): Promise<void> {
    const overflowed = await this.line.join(tx, actor, call, {
      department: call.row.department ?? this.departments.first,
      status: 'in_queue',
      cause: 'no agent is free',
    });
    if (overflowed) await this.endings.end(tx, actor, call, { ...overflowed, byCarrier: true });
  }
}

/** What can be dialled at all; whether it exists, the carrier says. */
function requireDiallable(number: string): void {
  if (/^[\s+]?[\d\s().\-/٠-٩]{5,30}$/.test(number) && number.replace(/\D/g, '').length >= 3) return;
  if (/[٠-٩۰-۹]{5,}/.test(number)) return;
  const reason = 'must be a phone number';
  throw new Invalid(`phone_number ${reason}`, { phone_number: reason });
}
