import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../../../../platform/config/config';
import { Database } from '../../../../platform/database/database';
import { CALL_JOINS, CALL_SELECT } from '../../call-ledger';
import type { CallRow } from '../../call.view';
import type { CallRecording } from '../../recordings/call-recording.entity';
import type { CallLeg } from '../call-leg.entity';
import { CarrierRefused, type DialledLeg, Telephony } from '../telephony.port';
import { AgentPhones } from './agent-phones';
import { CarrierUrls } from './carrier-urls';
import { CarrierUnreachable, type TwilioClient, twilioClient, understood } from './twilio-client';
import { type Wanted, whatIsWanted } from './what-is-wanted';

/** Seconds a dialled number may ring. */
const RING_SECONDS = 45;
/** Clocks differ: a call that began so long before we asked may be ours. */
const CLOCK_MS = 5000;

/**
 * Calls over Twilio. Of a call it keeps one conference by the call's own code. Everything but dialling is one thing: look
 * at the call's rows, look at the carrier, and change there what differs; so doing it twice, or late, does no harm.
 */
@Injectable()
export class TwilioTelephony extends Telephony {
  readonly isConfigured = true;
  private readonly logger = new Logger('Twilio');
  private readonly from: string;
  private readonly client: TwilioClient;

  constructor(
    config: Config,
    private readonly database: Database,
    private readonly urls: CarrierUrls,
    private readonly phones: AgentPhones,
  ) {
    super();
    if (!config.twilio) throw new Error('Twilio is not configured');
    this.from = config.twilio.phoneNumber;
    this.client = twilioClient(config.twilio);
  }

  async dial(commandId: string, number: string): Promise<DialledLeg> {
    try {
      const call = await this.client.calls.create({
        to: number,
        from: this.from,
        url: this.urls.to('voice/answered', { command: commandId }),
        method: 'POST',
        statusCallback: this.urls.to('twilio-webhook/', { command: commandId }),
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
        timeout: RING_SECONDS,
      });
      return { sid: call.sid };
    } catch (error) {
      const meant = understood(error);
      // it has not been dialled, and the agent need not wait to be told so
      if (meant instanceof CarrierUnreachable) throw new CarrierRefused(meant.message);
      throw meant;
    }
  }

  /** First what it has told us of this attempt by itself, then what it lists: ours is the one we know nothing of yet. */
  async findDial(commandId: string): Promise<DialledLeg | undefined> {
    const command = await this.database.read.one<{ sid: string | null; number: string; created_at: Date }>(
      `select c.provider_call_sid as sid, t.args->>'number' as number, t.created_at
         from telephony_command t join call c on c.id = t.call_id where t.id = $1`,
      [commandId],
    );
    if (!command || command.sid) return command?.sid ? { sid: command.sid } : undefined;
    const since = new Date(command.created_at.getTime() - CLOCK_MS);
    const listed = await this.asked(() =>
      this.client.calls.list({ to: command.number, from: this.from, startTimeAfter: since, limit: 20 }),
    );
    for (const call of listed.filter(({ dateCreated }) => dateCreated >= since)) {
      const isKnown = await this.database.read.one('select 1 from call where provider_call_sid = $1', [call.sid]);
      if (!isKnown) return { sid: call.sid };
    }
    return undefined;
  }

  hangUp(sid: string): Promise<void> {
    return this.settle(sid);
  }

  hold(sid: string): Promise<void> {
    return this.settle(sid);
  }

  resume(sid: string): Promise<void> {
    return this.settle(sid);
  }

  bridge(sid: string): Promise<void> {
    return this.settle(sid);
  }

  async settle(sid: string): Promise<void> {
    const call = await this.database.read.one<CallRow>(
      `select ${CALL_SELECT} from call c ${CALL_JOINS} where c.provider_call_sid = $1`,
      [sid],
    );
    if (!call) throw new CarrierRefused('no call of ours');
    const wanted = whatIsWanted({
      status: call.status,
      assignedAgentId: call.assigned_agent_id,
      // a colleague who has not accepted yet is not rung by us: his screen is
      consultAgentId: call.has_live_offer ? null : call.consult_agent_id,
    });
    const legs = await this.database.read.rows<CallLeg>(
      'select * from call_leg where call_id = $1 and ended_at is null order by created_at, id',
      [call.id],
    );
    const caller = legs.find(({ role }) => role === 'caller');
    await this.settleCaller(call, sid, caller, wanted);
    await this.settlePhones(call, legs, wanted);
    if (wanted.caller === 'conference' && caller?.in_conference) await this.settleConference(call, legs, wanted);
    if (wanted.isGoingOn) await this.settleRecording(call);
  }

  /** The caller's leg goes where it is to be; nobody sends one that has not been answered. */
  private async settleCaller(call: CallRow, sid: string, caller: CallLeg | undefined, wanted: Wanted): Promise<void> {
    if (wanted.caller === 'gone') return this.end(sid);
    if (wanted.caller === 'as it is' || !caller?.place || caller.place === wanted.caller) return;
    const routes = { queue: 'voice/queue', conference: 'voice/join', voicemail: 'voice/voicemail' } as const;
    const url = this.urls.once(routes[wanted.caller]);
    await this.asked(() => this.client.calls(sid).update({ url, method: 'POST' }));
    this.logger.debug({ call: call.code, to: wanted.caller }, 'caller sent');
  }

  /** Telephones that should not be there are put down, those that are missing are rung. */
  private async settlePhones(call: CallRow, legs: CallLeg[], wanted: Wanted): Promise<void> {
    const isWanted = (leg: CallLeg): boolean =>
      leg.role === 'supervisor' ? wanted.isGoingOn && leg.place !== 'menu' : wanted.agents.includes(leg.agent_id ?? '');
    const phones = legs.filter(({ role }) => role !== 'caller');
    for (const leg of phones) if (!isWanted(leg) && leg.sid) await this.end(leg.sid);
    for (const agentId of wanted.agents) await this.phones.ring(this.client, call, agentId, 'agent');
    for (const leg of phones.filter((one) => one.role === 'supervisor' && isWanted(one))) {
      await this.phones.ring(this.client, call, leg.agent_id ?? '', 'supervisor');
    }
  }

  private async settleConference(call: CallRow, legs: CallLeg[], wanted: Wanted): Promise<void> {
    const [conference] = await this.asked(() =>
      this.client.conferences.list({ friendlyName: call.code, status: 'in-progress', limit: 1 }),
    );
    if (!conference) return;
    const participants = this.client.conferences(conference.sid).participants;
    const present = await this.asked(() => participants.list({ limit: 50 }));
    const agentLeg = legs.find(({ role, agent_id }) => role === 'agent' && agent_id === call.assigned_agent_id);
    for (const person of present) {
      const leg = legs.find(({ sid }) => sid === person.callSid);
      if (leg?.role === 'caller' && person.hold !== wanted.isOnHold) {
        await this.asked(() =>
          this.client.conferences(conference.sid).participants(person.callSid).update({ hold: wanted.isOnHold }),
        );
      }
      if (leg?.role !== 'supervisor') continue;
      const muted = leg.mode === 'listen' || (leg.mode === 'whisper' && !agentLeg?.sid);
      const coaching = leg.mode === 'whisper' && Boolean(agentLeg?.sid);
      if (person.muted !== muted || person.coaching !== coaching) {
        const update = { muted, coaching, ...(coaching && agentLeg?.sid ? { callSidToCoach: agentLeg.sid } : {}) };
        await this.asked(() => this.client.conferences(conference.sid).participants(person.callSid).update(update));
      }
    }
  }

  private async settleRecording(call: CallRow): Promise<void> {
    const row = await this.database.read.one<CallRecording>(
      `select * from call_recording where call_id = $1 and kind = 'call' and state in ('recording', 'paused')
          and provider_sid is not null`,
      [call.id],
    );
    if (!row?.provider_sid || !call.provider_call_sid) return;
    const recording = this.client.calls(call.provider_call_sid).recordings(row.provider_sid);
    const { status } = await this.asked(() => recording.fetch());
    const wanted = row.is_paused ? 'paused' : 'in-progress';
    if (status === wanted || (status !== 'paused' && status !== 'in-progress')) return;
    await this.asked(() =>
      recording.update({ status: wanted, ...(row.is_paused ? { pauseBehavior: 'skip' as const } : {}) }),
    );
  }

  /** Ends a leg; one that has ended, or that nobody knows any more, has ended. */
  private async end(sid: string): Promise<void> {
    try {
      await this.asked(() => this.client.calls(sid).update({ status: 'completed' }));
    } catch (error) {
      if (!(error instanceof CarrierRefused)) throw error;
    }
  }

  private async asked<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw understood(error);
    }
  }
}
