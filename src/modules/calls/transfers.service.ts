import { Injectable } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { Invalid } from '../../platform/errors';
import type { AgentRow } from '../agents';
import { CallLedger, type LockedCall } from './call-ledger';
import type { CallView } from './call.view';
import { AgentNotFree, IllegalTransition, NotPossibleNow } from './calls.errors';
import { callTransferred } from './calls.events';
import { CallsService } from './calls.service';
import { AgentDesks } from './queue/agent-desks';
import { Departments } from './queue/departments';
import { Offers } from './queue/offers';
import { TelephonyCommands } from './telephony/telephony-commands';

/** Where a call is transferred: to an agent, a department, or an agent with a department as what comes after him. */
export interface TransferTarget {
  agent_id?: string;
  target_department?: string;
}

/** Handing a call on. Cold: at once. Warm: ask a colleague while the caller is on hold, then complete or cancel. */
@Injectable()
export class TransfersService {
  constructor(
    private readonly calls: CallsService,
    private readonly ledger: CallLedger,
    private readonly desks: AgentDesks,
    private readonly offers: Offers,
    private readonly departments: Departments,
    private readonly commands: TelephonyCommands,
  ) {}

  /** Cold transfer: the call leaves its agent at once and keeps its place by its original time. */
  transfer(actor: Actor, code: string, target: TransferTarget): Promise<CallView> {
    return this.calls.change(actor, code, async (tx, call) => {
      this.requireTransferable(call);
      const department = target.target_department
        ? this.departments.require(target.target_department, 'target_department')
        : undefined;
      const from = call.row.agent_code;
      const agent = target.agent_id ? await this.freeAgent(tx, call, target.agent_id) : undefined;
      if (!agent && !department) {
        const needed = 'or agent_id is needed';
        throw new Invalid(`target_department ${needed}`, { target_department: needed });
      }
      const wasTalking = call.row.answered_at !== null;
      const status = wasTalking ? 'transferred' : 'in_queue';
      const queue = department ?? call.row.department ?? agent?.departments[0] ?? this.departments.first;
      await this.calls.handOver(tx, actor, call, queue, status, 'transferred', agent?.id);
      if (agent) await this.offers.make(tx, actor, call, agent, { purpose: 'transfer', cause: `for ${agent.code}` });
      this.ledger.tell(
        tx,
        actor,
        call.row,
        callTransferred,
        {
          call_id: call.row.code,
          to_department: department ?? null,
          to_agent: agent?.code ?? null,
          from_agent: from,
          kind: 'cold',
        },
        { users: [agent?.user_id ?? null] },
      );
    });
  }

  private requireTransferable(call: LockedCall): void {
    if (call.row.ended_at) throw new IllegalTransition(call.row.status, 'transferred');
    if (call.row.consult_agent_id) throw new NotPossibleNow(call.row.status, 'Complete or cancel the transfer first');
  }

  /** The agent asked for, locked, if he may take a call now. He must exist: 404; be free: 409. */
  private async freeAgent(tx: Tx, call: LockedCall, code: string): Promise<AgentRow> {
    const agent = await this.desks.lock(tx, { code: code.toUpperCase() });
    const isFree =
      agent.status === 'available' || (agent.status === 'on_call' && (await this.desks.handsFree(tx, agent)) > 0);
    if (!isFree || call.row.assigned_agent_id === agent.id) throw new AgentNotFree(agent.code, agent.status);
    return agent;
  }

  /** Warm transfer, first step: the caller is put on hold and a colleague is asked. */
  consult(actor: Actor, code: string, agentCode: string): Promise<CallView> {
    return this.calls.change(actor, code, async (tx, call) => {
      this.requireTransferable(call);
      if (call.row.status !== 'in_progress' && call.row.status !== 'on_hold') {
        throw new NotPossibleNow(call.row.status, 'Only a call in progress can be transferred warm');
      }
      if (!call.row.assigned_agent_id) throw new NotPossibleNow(call.row.status, 'The call has no agent');
      const agent = await this.freeAgent(tx, call, agentCode);
      if (call.row.status === 'in_progress') {
        await this.ledger.change(tx, actor, call, { kind: 'held', cause: 'consultation', to: 'on_hold' });
        if (call.row.is_carried) await this.commands.hold(tx, call.row);
      }
      await this.offers.make(tx, actor, call, agent, { purpose: 'consult', cause: `consulting ${agent.code}` });
    });
  }

  /** Warm transfer, last step: the colleague has the call. If he has not answered yet, it is his when he does. */
  complete(actor: Actor, code: string): Promise<CallView> {
    return this.calls.change(actor, code, async (tx, call) => {
      const target = this.requireConsulting(call);
      const from = call.row.assigned_agent_id as string;
      const fromCode = call.row.agent_code;
      const agent = await this.desks.lock(tx, { id: target });
      const offer = await this.offers.live(tx, call.row.id);
      await this.desks.release(tx, call.row.id, 'main');
      await this.desks.consultBecomesMain(tx, call.row.id);
      if (offer) await this.offers.consultBecomesTransfer(tx, actor, call, offer, agent);
      else {
        await this.ledger.change(tx, actor, call, {
          kind: 'transferred',
          cause: `handed to ${agent.code}`,
          to: 'in_progress',
          set: { assigned_agent_id: target, consult_agent_id: null },
          alsoTell: [agent.user_id],
        });
        if (call.row.is_carried) await this.commands.bridge(tx, call.row, agent.code);
      }
      await this.desks.settle(tx, actor, from, call.at, call.row.id);
      this.ledger.tell(tx, actor, call.row, callTransferred, {
        call_id: call.row.code,
        to_department: null,
        to_agent: agent.code,
        from_agent: fromCode,
        kind: 'warm',
      });
    });
  }

  /** Warm transfer, given up: the caller is back with his agent. */
  cancel(actor: Actor, code: string): Promise<CallView> {
    return this.calls.change(actor, code, async (tx, call) => {
      const target = this.requireConsulting(call);
      await this.offers.withdraw(tx, call);
      await this.desks.release(tx, call.row.id, 'consult');
      await this.ledger.change(tx, actor, call, {
        kind: 'consult_canceled',
        cause: 'consultation canceled',
        to: 'in_progress',
        set: { consult_agent_id: null },
      });
      if (call.row.is_carried) await this.commands.resume(tx, call.row);
      await this.desks.settle(tx, actor, target, call.at);
    });
  }

  private requireConsulting(call: LockedCall): string {
    const { consult_agent_id: target, status } = call.row;
    if (!target || status !== 'on_hold') throw new NotPossibleNow(status, 'No warm transfer is under way');
    return target;
  }
}
