import { Injectable } from '@nestjs/common';
import type { MachineActor } from '../../../../platform/access/actor';
import type { Tx } from '../../../../platform/database/database';
import { newId } from '../../../../platform/time/ids';
import { CallEndings } from '../../call-endings';
import { CallLedger, type LockedCall } from '../../call-ledger';
import { CallsService } from '../../calls.service';
import { Callbacks } from '../../callbacks/callbacks';
import { chooseDepartment, soundsUrgent } from '../../queue/department-choice';
import { Departments } from '../../queue/departments';
import { WaitingLine } from '../../queue/waiting-line';
import { TranscriptsService } from '../../transcripts/transcripts.service';
import { CallLegs } from './call-legs';
import { CallTwiml } from './call-twiml';
import { departmentName, greetingLanguage, type VoiceLanguage } from './prompts';
import type { SignedCallback } from './twilio.guard';
import { whatIsWanted } from './what-is-wanted';

export const TWILIO: MachineActor = { kind: 'provider', id: 'twilio', role: 'system' };

const MOST_ATTEMPTS = 3;
const CALLBACK_MS = 30 * 60_000;
const LONGEST_SAID = 2000;

/** What a caller meets: greeting, menu, queue, conversation, voicemail. Each answer is decided in one transaction. */
@Injectable()
export class VoiceFlow {
  constructor(
    private readonly ledger: CallLedger,
    private readonly calls: CallsService,
    private readonly endings: CallEndings,
    private readonly line: WaitingLine,
    private readonly departments: Departments,
    private readonly callbacks: Callbacks,
    private readonly transcripts: TranscriptsService,
    private readonly legs: CallLegs,
    private readonly twiml: CallTwiml,
  ) {}

  /** Somebody rings us. */
  async incoming(tx: Tx, { fields }: SignedCallback): Promise<string> {
    const { CallSid: sid = '', From: from = '' } = fields;
    const known = await tx.one('select 1 from call where provider_call_sid = $1', [sid]);
    if (known) return this.again(tx, sid);
    const call = await this.calls.record(
      tx,
      TWILIO,
      { direction: 'inbound', phone_number: from.slice(0, 50) || 'anonymous', provider_call_sid: sid },
      'a caller rang',
      { is_carried: true },
    );
    const language = greetingLanguage(call.row.phone_e164);
    await this.ledger.change(tx, TWILIO, call, {
      kind: 'greeted',
      cause: `greeted in ${language}`,
      to: 'ivr_processing',
      set: { metadata: { ...call.row.metadata, language } },
    });
    await this.legs.callerAt(tx, call.row.id, sid, 'menu');
    return this.twiml.menu(language, 0);
  }

  private async again(tx: Tx, sid: string): Promise<string> {
    const call = await this.ledger.lock(tx, { sid });
    return call.row.ended_at ? this.twiml.hangUp() : this.twiml.menu(languageOf(call), 0);
  }

  /** The caller has pressed a key, said something, or kept silent. */
  async menu(tx: Tx, { fields, query }: SignedCallback): Promise<string> {
    const call = await this.ledger.lock(tx, { sid: fields.CallSid ?? '' });
    if (call.row.ended_at) return this.twiml.hangUp();
    if (call.row.status !== 'ivr_processing') return this.inQueue(tx, call);
    const language: VoiceLanguage = query.lang === 'en' ? 'en' : 'ar';
    const attempt = Math.min(MOST_ATTEMPTS, Number(query.attempt) || 0);
    const { Digits: digits = '', SpeechResult: said = '' } = fields;
    if (digits === '9') return this.speak(tx, call, language === 'ar' ? 'en' : 'ar', attempt);
    const department = digits ? this.byKey(digits) : await this.byWord(tx, call, said, language);
    if (department) return this.queueFor(tx, call, department, digits ? `key ${digits}` : 'by what was said');
    if (attempt + 1 < MOST_ATTEMPTS) return this.twiml.menu(language, attempt + 1);
    return this.queueFor(tx, call, this.departments.first, 'nothing understood');
  }

  private async speak(tx: Tx, call: LockedCall, language: VoiceLanguage, attempt: number): Promise<string> {
    await this.ledger.change(tx, TWILIO, call, {
      kind: 'language',
      cause: `chose ${language}`,
      set: { metadata: { ...call.row.metadata, language } },
    });
    return this.twiml.menu(language, attempt === 0 ? 0 : attempt);
  }

  private byKey(digits: string): string | undefined {
    if (digits === '0') return this.departments.first;
    return /^[1-8]$/.test(digits) ? this.departments.names[Number(digits) - 1] : undefined;
  }

  /** The department somebody names, else the one his words are about. What he said is kept. */
  private async byWord(tx: Tx, call: LockedCall, said: string, language: VoiceLanguage): Promise<string | undefined> {
    const text = said.trim().slice(0, LONGEST_SAID);
    if (!text) return undefined;
    await this.transcripts.write(tx, TWILIO, call, { speaker: 'customer', content: text, language });
    if (soundsUrgent(text)) {
      await tx.rows('update call set priority_rank = 0 where id = $1', [call.row.id]);
      call.row.priority_rank = 0;
    }
    const lower = text.toLowerCase();
    const named = this.departments.names.find((name) =>
      [name, departmentName(name, 'ar'), departmentName(name, 'en')].some((word) => lower.includes(word)),
    );
    const chosen = named ?? chooseDepartment(text).department;
    return this.departments.names.includes(chosen) ? chosen : this.departments.first;
  }

  private async queueFor(tx: Tx, call: LockedCall, department: string, cause: string): Promise<string> {
    const overflowed = await this.line.join(tx, TWILIO, call, { department, status: 'in_queue', cause });
    if (!overflowed) return this.inQueue(tx, call);
    await this.endings.end(tx, TWILIO, call, { ...overflowed, byCarrier: true });
    return overflowed.to === 'voicemail'
      ? this.toVoicemail(tx, call)
      : this.twiml.farewell(languageOf(call), 'callback');
  }

  private async inQueue(tx: Tx, call: LockedCall): Promise<string> {
    await this.legs.callerAt(tx, call.row.id, call.row.provider_call_sid ?? '', 'queue');
    return this.twiml.queue(call.row.code, languageOf(call));
  }

  /** The caller is sent (back) to the queue, or to his agent: wherever the call is by now. */
  async place(tx: Tx, { fields }: SignedCallback): Promise<string> {
    const call = await this.ledger.lock(tx, { sid: fields.CallSid ?? '' });
    if (call.row.ended_at) return this.twiml.hangUp();
    const wanted = whatIsWanted({
      status: call.row.status,
      assignedAgentId: call.row.assigned_agent_id,
      consultAgentId: null,
    });
    return wanted.caller === 'queue' ? this.inQueue(tx, call) : this.inConference(tx, call);
  }

  /** What he hears while he waits. */
  async wait(tx: Tx, { fields }: SignedCallback): Promise<string> {
    const call = await this.ledger.lock(tx, { sid: fields.CallSid ?? '' });
    const place = await tx.one<{ position: number }>(
      `select 1 + (select count(*) from queue_entry o
                    where o.department = q.department and o.state <> 'left'
                      and (o.priority_rank, o.queued_at, o.id) < (q.priority_rank, q.queued_at, q.id)) as position
         from queue_entry q where q.call_id = $1 and q.state <> 'left'`,
      [call.row.id],
    );
    return this.twiml.wait(languageOf(call), place?.position);
  }

  /** He has pressed a key while he waited: 1 is a callback. */
  async waitKey(tx: Tx, { fields }: SignedCallback): Promise<string> {
    const call = await this.ledger.lock(tx, { sid: fields.CallSid ?? '' });
    const { status, department, answered_at } = call.row;
    const waits = (status === 'in_queue' || status === 'ringing') && !answered_at;
    if (fields.Digits !== '1' || !waits) return this.twiml.wait(languageOf(call), undefined);
    await this.callbacks.promise(tx, TWILIO, call, {
      department: department ?? this.departments.first,
      dueAt: new Date(call.at.getTime() + CALLBACK_MS),
      note: 'asked for in the queue',
    });
    await this.endings.end(tx, TWILIO, call, {
      to: 'completed',
      cause: 'callback asked for',
      outcome: 'callback',
      byCarrier: true,
    });
    return this.twiml.leave();
  }

  /** The carrier's queue is behind him. */
  async left(tx: Tx, { fields }: SignedCallback): Promise<string> {
    const call = await this.ledger.lock(tx, { sid: fields.CallSid ?? '' });
    const result = fields.QueueResult;
    if (result === 'leave') return this.twiml.farewell(languageOf(call), 'callback');
    const isFault = result === 'queue-full' || result === 'error' || result === 'system-error';
    if (!isFault || call.row.ended_at) return this.twiml.hangUp();
    await this.endings.end(tx, TWILIO, call, {
      to: call.row.answered_at ? 'failed' : 'voicemail',
      cause: `carrier: ${result}`,
      byCarrier: true,
    });
    return this.toVoicemail(tx, call);
  }

  /** Whom we have dialled has answered; undefined when the dial is none of ours. */
  async answered(tx: Tx, call: LockedCall | undefined): Promise<string> {
    return !call || call.row.ended_at ? this.twiml.hangUp() : this.inConference(tx, call);
  }

  private async inConference(tx: Tx, call: LockedCall): Promise<string> {
    await this.legs.callerAt(tx, call.row.id, call.row.provider_call_sid ?? '', 'conference');
    const recordingId = this.twiml.records ? await this.newRecording(tx, call, 'call') : undefined;
    // what is started goes on while the leg is moved about: it is asked for with the first recording alone
    const isFirst = recordingId !== undefined || (await this.isFirstTalk(tx, call));
    const transcribe = this.twiml.transcribes && isFirst ? languageOf(call) : undefined;
    return this.twiml.conference(call.row.code, { recordingId, transcribe });
  }

  private async isFirstTalk(tx: Tx, call: LockedCall): Promise<boolean> {
    if (this.twiml.records) return false;
    return !(await tx.one('select 1 from heard_utterance where call_id = $1 limit 1', [call.row.id]));
  }

  /** A recording that is to begin; undefined when the call has one of this kind. */
  private async newRecording(tx: Tx, call: LockedCall, kind: 'call' | 'voicemail'): Promise<string | undefined> {
    const row = await tx.one<{ id: string }>(
      `insert into call_recording (id, call_id, kind, state) values ($1, $2, $3, 'pending')
       on conflict (call_id, kind) do nothing returning id`,
      [newId(), call.row.id, kind],
    );
    return row?.id;
  }

  /** He is asked for a message; also when the call has ended for us as `voicemail` while he waited. */
  async voicemail(tx: Tx, { fields }: SignedCallback): Promise<string> {
    const call = await this.ledger.lock(tx, { sid: fields.CallSid ?? '' });
    return call.row.status === 'voicemail' ? this.toVoicemail(tx, call) : this.twiml.hangUp();
  }

  private async toVoicemail(tx: Tx, call: LockedCall): Promise<string> {
    const recordingId = call.row.status === 'voicemail' ? await this.newRecording(tx, call, 'voicemail') : undefined;
    if (!recordingId) return this.twiml.farewell(languageOf(call), 'thanks');
    await this.legs.callerAt(tx, call.row.id, call.row.provider_call_sid ?? '', 'voicemail');
    return this.twiml.voicemail(languageOf(call), recordingId);
  }

  /** An agent's or supervisor's telephone has been picked up. */
  async agent(tx: Tx, { fields, query }: SignedCallback): Promise<string> {
    const found = await tx.one<{ call_id: string; code: string }>(
      `select l.call_id, a.code from call_leg l join agent a on a.id = l.agent_id where l.id::text = $1`,
      [query.leg ?? ''],
    );
    if (!found) return this.twiml.hangUp();
    const call = await this.ledger.lock(tx, { id: found.call_id });
    await this.legs.named(tx, query.leg ?? '', fields.CallSid ?? '');
    const leg = await this.legs.byId(tx, query.leg ?? '');
    if (!leg || leg.ended_at || call.row.ended_at) return this.twiml.hangUp();
    if (leg.mode === 'listen') return this.twiml.join(call.row.code, found.code, { muted: true });
    if (leg.mode !== 'whisper') return this.twiml.join(call.row.code, found.code);
    const coached = (await this.legs.live(tx, call.row.id)).find(
      ({ agent_id, role }) => role === 'agent' && agent_id === call.row.assigned_agent_id,
    );
    return this.twiml.join(call.row.code, found.code, coached?.sid ? { coach: coached.sid } : { muted: true });
  }

  /** A browser telephone dials by itself: calls begin at the desk, so that they are recorded and paid for. */
  outgoing(): Promise<string> {
    return Promise.resolve(this.twiml.farewell('en', 'fromTheDesk'));
  }

  /** The message has been left. */
  async voicemailLeft(tx: Tx, { fields }: SignedCallback): Promise<string> {
    const call = await this.ledger.lock(tx, { sid: fields.CallSid ?? '' });
    return this.twiml.farewell(languageOf(call), 'thanks');
  }
}

const languageOf = (call: LockedCall): VoiceLanguage => (call.row.metadata.language === 'en' ? 'en' : 'ar');
