import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Audit } from '../../../platform/audit/audit';
import { Database } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { maySeeCall } from '../call-access';
import { CallLedger } from '../call-ledger';
import { CallNotFound, NoAgentProfile, NotPossibleNow } from '../calls.errors';
import type { MonitorMode } from '../telephony/call-leg.entity';
import { TelephonyCommands } from '../telephony/telephony-commands';
import type { MonitorReply } from './monitoring.view';

/** A supervisor listens to a call, whispers to its agent or joins in; each time stands in the audit log. */
@Injectable()
export class MonitoringService {
  constructor(
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly commands: TelephonyCommands,
    private readonly audit: Audit,
  ) {}

  /** Rings the supervisor's telephone into the call, or changes how he takes part; `null` puts it down. */
  take(actor: Actor, code: string, mode: MonitorMode | null): Promise<MonitorReply> {
    const { agent } = actor;
    if (!agent) throw new NoAgentProfile();
    return this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { code });
      if (!maySeeCall(actor, call.row)) throw new CallNotFound(code);
      const { status, assigned_agent_id: talker } = call.row;
      if (mode && ((status !== 'in_progress' && status !== 'on_hold') || !call.row.is_carried || talker === agent.id)) {
        throw new NotPossibleNow(status, 'Only a conversation of somebody else can be listened to');
      }
      if (mode) {
        await tx.rows(
          `insert into call_leg (id, call_id, role, agent_id, mode) values ($1, $2, 'supervisor', $3, $4)
           on conflict (call_id, agent_id) where agent_id is not null and ended_at is null
           do update set mode = excluded.mode where call_leg.role = 'supervisor'`,
          [newId(), call.row.id, agent.id, mode],
        );
      } else {
        // his telephone is put down by whoever settles the call, who sees that it should not be there
        await tx.rows(
          `update call_leg set place = 'menu' where call_id = $1 and agent_id = $2 and role = 'supervisor'
              and ended_at is null`,
          [call.row.id, agent.id],
        );
      }
      if (call.row.is_carried && call.row.provider_call_sid) await this.commands.settle(tx, call.row);
      await this.audit.record(tx, actor, 'call.monitored', `call:${call.row.code}`, { mode });
      return { success: true, call_id: call.row.code, mode, timestamp: new Date().toISOString() };
    });
  }
}
