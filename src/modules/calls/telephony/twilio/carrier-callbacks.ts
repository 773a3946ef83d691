import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Tx } from '../../../../platform/database/database';
import { Inbox, type Message } from '../../../../platform/inbox/inbox';
import { CallEndings } from '../../call-endings';
import { CallLedger, type LockedCall } from '../../call-ledger';
import { isFinal } from '../../call-state';
import { CallNotFound } from '../../calls.errors';
import { AgentDesks } from '../../queue/agent-desks';
import { DueBell } from '../../queue/due-bell';
import { RecordingSteps } from '../../recordings/recording-steps';
import { HeardUtterances } from '../../transcripts/heard-utterances';
import { CarrierSignals } from '../carrier-signals';
import { TelephonyCommands } from '../telephony-commands';
import type { SignalKind } from '../telephony.port';
import { CallLegs } from './call-legs';
import { TWILIO } from './voice-flow';
import type { SignedCallback } from './twilio.guard';

const KINDS: Readonly<Record<string, SignalKind>> = {
  queued: 'initiated',
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
  completed: 'completed',
  busy: 'busy',
  failed: 'failed',
  'no-answer': 'no_answer',
  canceled: 'canceled',
};
const ENDS: ReadonlySet<string> = new Set(['completed', 'busy', 'failed', 'no_answer', 'canceled']);

type Told = Pick<SignedCallback, 'fields' | 'query'>;

/** What kinds of thing the carrier tells us; each is a source in the inbox. */
export const CALLBACK_SOURCES = ['status', 'leg', 'conference', 'recording', 'transcription'] as const;
export type CallbackSource = (typeof CALLBACK_SOURCES)[number];

/** What the carrier tells of legs, conferences, recordings and speech, understood. */
@Injectable()
export class CarrierCallbacks implements OnModuleInit {
  constructor(
    private readonly inbox: Inbox,
    private readonly ledger: CallLedger,
    private readonly endings: CallEndings,
    private readonly signals: CarrierSignals,
    private readonly commands: TelephonyCommands,
    private readonly desks: AgentDesks,
    private readonly legs: CallLegs,
    private readonly recordings: RecordingSteps,
    private readonly heard: HeardUtterances,
    private readonly bell: DueBell,
  ) {}

  onModuleInit(): void {
    const handlers: Record<CallbackSource, (tx: Tx, told: Told) => Promise<void>> = {
      status: (tx, told) => this.status(tx, told),
      leg: (tx, told) => this.leg(tx, told),
      conference: (tx, told) => this.conference(tx, told),
      recording: (tx, told) => this.recordings.told(tx, TWILIO, told.query.recording ?? '', told.fields),
      transcription: (tx, told) => this.heard.told(tx, TWILIO, told.fields),
    };
    for (const source of CALLBACK_SOURCES) {
      this.inbox.register(`twilio.${source}`, (tx, body) => handlers[source](tx, body as Told));
    }
  }

  /** The call that a dial of ours has become: its attempt is named in the address, so a lost answer is made up for. */
  async adopt(tx: Tx, commandId: string, sid: string): Promise<LockedCall | undefined> {
    const command = await tx.one<{ call_id: string }>(
      `select call_id from telephony_command where id::text = $1 and kind = 'dial'`,
      [commandId],
    );
    if (!command) return undefined;
    const call = await this.ledger.lock(tx, { id: command.call_id });
    if (call.row.provider_call_sid) return call.row.provider_call_sid === sid ? call : undefined;
    await tx.rows(`update telephony_command set state = 'done', due_at = null, error = null where id::text = $1`, [
      commandId,
    ]);
    await this.ledger.change(tx, TWILIO, call, {
      kind: 'dialled',
      cause: 'the carrier has begun the call',
      set: { provider_call_sid: sid },
    });
    if (call.row.ended_at) await this.commands.hangUp(tx, call.row);
    return call;
  }

  /** The caller's leg goes on. */
  private async status(tx: Tx, { fields, query }: Told): Promise<void> {
    const { CallSid: sid = '', CallStatus: word = '' } = fields;
    const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
    if (!kind) return;
    if (query.command) await this.adopt(tx, query.command, sid);
    const before = await this.ledger.lock(tx, { sid });
    const isEnd = ENDS.has(kind);
    if (isEnd) {
      const own = (await this.legs.live(tx, before.row.id)).find(({ role }) => role === 'caller');
      if (own) await this.legs.ended(tx, own.id);
      if (!before.row.ended_at) await this.heard.writeAll(tx, TWILIO, before);
    }
    // who rang us has been talking to us from the start: only his end is news
    if (before.row.direction === 'inbound' && !isEnd) return;
    await this.signals.obey(tx, TWILIO, {
      provider_call_sid: sid,
      kind,
      sequence: wholeNumber(fields.SequenceNumber),
      at: momentOf(fields.Timestamp),
    });
    const { row } = await this.ledger.lock(tx, { sid });
    if (row.ended_at) {
      const others = (await this.legs.live(tx, row.id)).some(({ role }) => role !== 'caller');
      if (others) await this.commands.hangUp(tx, row);
    } else if (row.assigned_agent_id && (kind === 'initiated' || kind === 'ringing')) {
      // the agent's telephone rings along, so that whoever answers hears somebody
      await this.commands.settle(tx, row);
    }
  }

  /** An agent's or supervisor's telephone goes on. */
  private async leg(tx: Tx, { fields, query }: Told): Promise<void> {
    const known = await tx.one<{ call_id: string }>('select call_id from call_leg where id::text = $1', [
      query.leg ?? '',
    ]);
    if (!known) return;
    const call = await this.ledger.lock(tx, { id: known.call_id });
    await this.legs.named(tx, query.leg ?? '', fields.CallSid ?? '');
    const leg = await this.legs.byId(tx, query.leg ?? '');
    const word = fields.CallStatus ?? '';
    const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
    if (!leg || leg.ended_at || !kind) return;
    if (!ENDS.has(kind)) {
      // it was dialled and the call is over: it must not go on ringing
      if (call.row.ended_at) await this.commands.hangUp(tx, call.row);
      return;
    }
    await this.legs.ended(tx, leg.id);
    if (!call.row.ended_at && leg.role === 'agent') await this.agentGone(tx, call, leg.agent_id, kind);
  }

  /** An agent has put down his telephone, or has not picked it up. */
  private async agentGone(tx: Tx, call: LockedCall, agentId: string | null, kind: SignalKind): Promise<void> {
    const { status, assigned_agent_id: talker, consult_agent_id: asked } = call.row;
    if (agentId === asked && asked) {
      if (call.row.has_live_offer) return;
      await this.desks.release(tx, call.row.id, 'consult');
      await this.ledger.change(tx, TWILIO, call, {
        kind: 'consult_left',
        cause: 'the colleague asked has put down his telephone',
        set: { consult_agent_id: null },
        data: { consult: 'left' },
      });
      return this.desks.settle(tx, TWILIO, asked, call.at);
    }
    if (agentId !== talker || asked) return;
    if (status === 'in_progress' || status === 'on_hold') {
      return this.endings.end(tx, TWILIO, call, { to: 'completed', cause: `the agent's telephone: ${kind}` });
    }
    // he took the call and does not pick up: what is done when connecting takes too long is done now
    await tx.rows('update call set connect_due_at = $2 where id = $1 and connect_due_at is not null', [
      call.row.id,
      call.at,
    ]);
    tx.afterCommit(() => this.bell.due(0));
  }

  /** Somebody comes into the conference of a call, or leaves it. When caller and agent are both in it, they talk. */
  private async conference(tx: Tx, { fields }: Told): Promise<void> {
    const event = fields.StatusCallbackEvent;
    if (event !== 'participant-join' && event !== 'participant-leave') return;
    const sid = fields.CallSid ?? '';
    const found = await tx.one<{ call_id: string }>('select call_id from call_leg where sid = $1', [sid]);
    if (!found) throw new CallNotFound(sid);
    const call = await this.ledger.lock(tx, { id: found.call_id });
    const at = momentOf(fields.Timestamp);
    const isIn = event === 'participant-join';
    const isNews = await this.legs.inConference(tx, sid, (fields.ConferenceSid ?? '').slice(0, 34), {
      sequence: wholeNumber(fields.SequenceNumber),
      isIn,
    });
    // he was put on hold before he was there to be
    if (isNews && isIn && call.row.status === 'on_hold') await this.commands.settle(tx, call.row);
    const callerSid = call.row.provider_call_sid;
    if (!isNews || !isIn || isFinal(call.row.status) || !callerSid) return;
    const inside = (await this.legs.live(tx, call.row.id)).filter((leg) => leg.in_conference);
    const agent = inside.find(({ role, agent_id }) => role === 'agent' && agent_id === call.row.assigned_agent_id);
    if (!agent || !inside.some(({ role }) => role === 'caller')) return;
    // each conference counts from 1, and a call that is handed on has several
    const sequence = (call.row.carrier_facts.bridged?.sequence ?? 0) + 1;
    await this.signals.obey(tx, TWILIO, { provider_call_sid: callerSid, kind: 'bridged', sequence, at });
  }
}

/** What makes a callback the same as another one, in the carrier's own terms. */
export function messageOf(source: CallbackSource, { fields, query }: SignedCallback): Message {
  const {
    CallSid = '',
    SequenceNumber = '',
    CallStatus = '',
    ConferenceSid = '',
    RecordingSid = '',
    RecordingStatus = '',
    TranscriptionSid = '',
    SequenceId = '',
    TranscriptionEvent = '',
    StatusCallbackEvent = '',
  } = fields;
  const names: Record<CallbackSource, string[]> = {
    status: [CallSid, SequenceNumber, CallStatus],
    leg: [CallSid, SequenceNumber, CallStatus],
    conference: [ConferenceSid, SequenceNumber, StatusCallbackEvent, CallSid],
    recording: [RecordingSid, RecordingStatus],
    transcription: [TranscriptionSid, SequenceId, TranscriptionEvent],
  };
  return { source: `twilio.${source}`, externalId: names[source].join(':').slice(0, 300), body: { fields, query } };
}

const wholeNumber = (text = ''): number => (/^\d{1,9}$/.test(text) ? Number(text) : 0);

/** RFC 2822, as Twilio writes times; now for what is none. */
function momentOf(text = ''): Date {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? new Date() : at;
}
