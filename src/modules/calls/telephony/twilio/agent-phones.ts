import { Injectable } from '@nestjs/common';
import { Config } from '../../../../platform/config/config';
import { Database } from '../../../../platform/database/database';
import { newId } from '../../../../platform/time/ids';
import type { CallRow } from '../../call.view';
import { DueBell } from '../../queue/due-bell';
import type { CallLeg } from '../call-leg.entity';
import { CarrierBusy, CarrierRefused } from '../telephony.port';
import { CarrierUrls, clientIdentity } from './carrier-urls';
import { CarrierUnreachable, type TwilioClient, understood } from './twilio-client';

const RING_SECONDS = 30;
/** After so long without a name, a ringing that was begun is looked up at the carrier. */
const UNNAMED_MS = 3000;
const CLOCK_MS = 5000;

/** The browser telephones of agents and supervisors. Each is rung once per call, by a row that is written first. */
@Injectable()
export class AgentPhones {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly urls: CarrierUrls,
    private readonly bell: DueBell,
  ) {}

  /** Rings an agent's telephone into a call, unless it rings or is in it already. */
  async ring(client: TwilioClient, call: CallRow, agentId: string, role: 'agent' | 'supervisor'): Promise<void> {
    const { leg, isNew } = await this.intent(call, agentId, role);
    if (!leg || leg.sid) return;
    const agent = await this.database.read.one<{ code: string }>('select code from agent where id = $1', [agentId]);
    if (!agent) return;
    const to = `client:${clientIdentity(agent.code)}`;
    // a supervisor's row is made when he asks to take part, before anything has been rung
    const isFirst = role === 'agent' ? isNew : await this.isFirst(leg.id);
    if (isFirst) await this.begin(client, call, leg, to);
    else if (Date.now() - leg.created_at.getTime() > UNNAMED_MS) await this.lookUp(client, leg, to);
  }

  private intent(
    call: CallRow,
    agentId: string,
    role: 'agent' | 'supervisor',
  ): Promise<{ leg: CallLeg | undefined; isNew: boolean }> {
    return this.database.transaction(async (tx) => {
      const made =
        role === 'agent'
          ? await tx.one<CallLeg>(
              `insert into call_leg (id, call_id, role, agent_id)
               select $1, id, 'agent', $3 from call where id = $2 and ended_at is null
               on conflict (call_id, agent_id) where agent_id is not null and ended_at is null do nothing returning *`,
              [newId(), call.id, agentId],
            )
          : undefined;
      if (made) return { leg: made, isNew: true };
      const leg = await tx.one<CallLeg>(
        'select * from call_leg where call_id = $1 and agent_id = $2 and role = $3 and ended_at is null',
        [call.id, agentId, role],
      );
      return { leg, isNew: false };
    });
  }

  /** Marks a supervisor's telephone as rung; true for whoever is the first to do so. */
  private async isFirst(legId: string): Promise<boolean> {
    return Boolean(
      await this.database.transaction((tx) =>
        tx.one(
          `update call_leg set place = 'conference' where id = $1 and place is null and ended_at is null returning 1`,
          [legId],
        ),
      ),
    );
  }

  private async begin(client: TwilioClient, call: CallRow, leg: CallLeg, to: string): Promise<void> {
    try {
      const { sid } = await client.calls.create({
        to,
        from: this.config.twilio?.phoneNumber ?? '',
        url: this.urls.to('voice/agent', { leg: leg.id }),
        method: 'POST',
        statusCallback: this.urls.to('voice/leg', { leg: leg.id }),
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
        timeout: RING_SECONDS,
      });
      await this.named(leg.id, sid);
    } catch (error) {
      const meant = understood(error);
      const isNotDone =
        meant instanceof CarrierRefused || meant instanceof CarrierBusy || meant instanceof CarrierUnreachable;
      // where nobody knows, the row stays and is looked up
      if (isNotDone) await this.notRung(call.id, leg.id, meant instanceof CarrierRefused);
      throw meant;
    }
  }

  /** The answer was lost: what the carrier rings at this telephone and we know nothing of is ours. */
  private async lookUp(client: TwilioClient, leg: CallLeg, to: string): Promise<void> {
    const since = new Date(leg.created_at.getTime() - CLOCK_MS);
    const listed = await client.calls.list({ to, startTimeAfter: since, limit: 20 }).catch((error: unknown) => {
      throw understood(error);
    });
    for (const { sid, dateCreated } of listed) {
      if (dateCreated < since) continue;
      const isKnown = await this.database.read.one('select 1 from call_leg where sid = $1', [sid]);
      if (!isKnown) return this.named(leg.id, sid);
    }
    await this.notRung(leg.call_id, leg.id, true);
  }

  private async named(legId: string, sid: string): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows('update call_leg set sid = $2 where id = $1 and sid is null', [legId, sid]),
    );
  }

  /** His telephone does not ring. When it never will, the call does not wait for it any longer. */
  private async notRung(callId: string, legId: string, isFinal: boolean): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.rows('select 1 from call where id = $1 for no key update', [callId]);
      await tx.rows('update call_leg set ended_at = clock_timestamp() where id = $1 and ended_at is null', [legId]);
      if (!isFinal) return;
      await tx.rows(
        `update call set connect_due_at = date_trunc('milliseconds', clock_timestamp())
          where id = $1 and connect_due_at > clock_timestamp()`,
        [callId],
      );
      tx.afterCommit(() => this.bell.due(0));
    });
  }
}
