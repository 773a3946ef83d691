import { setTimeout as sleep } from 'node:timers/promises';
import { DIALOGUE, type Script } from './numbers';
import { type Line, type LegStatus, newSid, type Recording, type Switchboard } from './switchboard';
import { readTwiml, type Verb } from './twiml';
import { wave } from './wave';

const rfc2822 = (at: Date): string => at.toUTCString().replace('GMT', '+0000');

export interface LegSettings {
  to: string;
  from: string;
  direction: 'outbound-api' | 'inbound';
  url: string;
  statusCallback?: string;
  statusEvents: string[];
  timeoutSeconds: number;
  script: Script;
  /** What a caller presses and says, one for each question. */
  answers?: { press?: string; say?: string }[];
}

/** Breaks off a document: the call goes elsewhere or ends. */
class Elsewhere extends Error {}

/** One telephone's call at the carrier: rings, is answered, and does what TwiML says until it ends. */
export class Leg implements Line {
  readonly sid = newSid('CA');
  readonly began = new Date();
  status: LegStatus = 'queued';
  answeredAt: Date | undefined;
  endedAt: Date | undefined;
  transcription: { sid: string; url: string; next: number; line: number } | undefined;
  private sequence = 0;
  private document = new AbortController();
  private next: string | undefined;
  private readonly over = new AbortController();
  private readonly answers: { press?: string; say?: string }[];
  private told: Promise<void> = Promise.resolve();
  /** What is heard in a queue is heard again when it is over; nothing hangs up there by itself. */
  private isQueued = false;

  constructor(
    private readonly exchange: Switchboard,
    readonly settings: LegSettings,
  ) {
    this.answers = [...(settings.answers ?? [])];
  }

  get ended(): boolean {
    return this.endedAt !== undefined;
  }

  /** The fields that every request about this call has. */
  get fields(): Record<string, string> {
    const { to, from, direction } = this.settings;
    return {
      AccountSid: this.exchange.accountSid,
      ApiVersion: '2010-04-01',
      CallSid: this.sid,
      CallStatus: this.status,
      Called: to,
      Caller: from,
      Direction: direction,
      From: from,
      To: to,
    };
  }

  /** Lives from the first ring to the end. */
  async live(): Promise<void> {
    const { script, direction } = this.settings;
    try {
      if (direction === 'outbound-api') await this.ring(script);
      else this.answer();
      if (this.ended) return;
      if (script.hangsUp !== undefined)
        void this.wait(script.hangsUp, this.over.signal).then(
          () => this.end('completed'),
          () => undefined,
        );
      let url: string | undefined = this.settings.url;
      while (url && !this.ended) {
        this.document = new AbortController();
        url = await this.play(await this.exchange.poster.ask(url, this.fields));
      }
    } catch (error) {
      if (!this.ended) this.exchange.problems.push((error as Error).message);
    }
    await this.end('completed');
  }

  private async ring(script: Script): Promise<void> {
    this.tell('initiated', 'initiated');
    if (script.rings !== undefined) {
      await this.wait(script.rings, this.over.signal);
      this.status = 'ringing';
      this.tell('ringing', 'ringing');
    }
    if (script.answers === undefined || script.answers > this.settings.timeoutSeconds * 1000) {
      const unanswered = script.ends === 'no-answer' ? 1500 : this.settings.timeoutSeconds * 1000;
      await this.wait(script.rings === undefined ? 200 : unanswered, this.over.signal);
      return this.end(script.ends ?? 'no-answer');
    }
    await this.wait(script.answers, this.over.signal);
    this.answer();
    this.tell('answered', 'in-progress');
  }

  private answer(): void {
    this.status = this.settings.direction === 'inbound' ? 'ringing' : 'in-progress';
    this.answeredAt = new Date();
  }

  /** Plays a document and returns the address of the next one; undefined when the call is over. */
  private async play(xml: string): Promise<string | undefined> {
    try {
      const next = await this.verbs(readTwiml(xml).children);
      this.status = 'in-progress';
      return typeof next === 'string' ? next : undefined;
    } catch (error) {
      if (!(error instanceof Elsewhere)) throw error;
      const { next } = this;
      this.next = undefined;
      return next;
    }
  }

  /** An address to go on at, false to leave a queue, undefined when they have all been done. */
  private async verbs(verbs: Verb[]): Promise<string | false | undefined> {
    for (const verb of verbs) {
      if (this.ended || this.document.signal.aborted) throw new Elsewhere();
      if (this.status === 'ringing') this.status = 'in-progress';
      const next = await this.verb(verb);
      if (next !== undefined) return next;
    }
    return undefined;
  }

  private async verb(verb: Verb): Promise<string | false | undefined> {
    const { attributes, text } = verb;
    switch (verb.name) {
      case 'Say':
        return this.pause(Math.min(2000, text.length * 20));
      case 'Play':
        return this.pause(1000);
      case 'Pause':
        return this.pause(Number(attributes.length ?? 1) * 1000);
      case 'Gather':
        return this.gather(verb);
      case 'Enqueue':
        return this.enqueue(verb);
      case 'Dial':
        return this.dial(verb);
      case 'Start':
        return this.start(verb);
      case 'Record':
        return this.record(verb);
      case 'Redirect':
        return this.answerOf(text.trim());
      case 'Leave':
        return false;
      case 'Hangup':
        await this.end('completed');
        throw new Elsewhere();
      default:
        throw new Error(`12200 <${verb.name}> is not understood by the sandbox`);
    }
  }

  /** Goes on at `url` with what has been found out; where that ends, the call ends. */
  private async answerOf(url: string, more: Record<string, string> = {}): Promise<string | false | undefined> {
    const xml = await this.exchange.poster.ask(url, { ...this.fields, ...more });
    return this.verbs([...readTwiml(xml).children, HANG_UP]);
  }

  private async gather(verb: Verb): Promise<string | false | undefined> {
    const { action = '', input = 'dtmf', timeout = '5' } = verb.attributes;
    await this.verbs(verb.children);
    const answer = this.answers.shift() ?? (await this.listen(Number(timeout) * 1000));
    const found: Record<string, string> | undefined =
      answer?.press && input.includes('dtmf')
        ? { Digits: answer.press }
        : answer?.say && input.includes('speech')
          ? { SpeechResult: answer.say, Confidence: '0.9' }
          : undefined;
    if (!found) return undefined;
    if (!this.isQueued) return this.answerOf(action, found);
    const xml = await this.exchange.poster.ask(action, { ...this.fields, ...found });
    return this.verbs(readTwiml(xml).children);
  }

  /** Waits for a key that somebody presses on the page. */
  private async listen(ms: number): Promise<{ press?: string; say?: string } | undefined> {
    for (let waited = 0; waited < ms && this.answers.length === 0; waited += 100) await this.pause(100);
    return this.answers.shift();
  }

  /** Presses a key. */
  press(digit: string): void {
    this.answers.push({ press: digit });
  }

  private async enqueue(verb: Verb): Promise<string | false | undefined> {
    const { action, waitUrl = '' } = verb.attributes;
    const queue = this.exchange.queueOf(verb.text.trim());
    queue.push(this);
    this.isQueued = true;
    const since = Date.now();
    try {
      for (let round = 1; ; round += 1) {
        const more = {
          QueuePosition: String(queue.indexOf(this) + 1),
          CurrentQueueSize: String(queue.length),
          QueueTime: String(Math.floor((Date.now() - since) / 1000) * 100 + round),
          AvgQueueTime: '0',
        };
        const heard = readTwiml(await this.exchange.poster.ask(waitUrl, { ...this.fields, ...more }));
        if ((await this.verbs(heard.children)) === false) break;
        await this.pause(100);
      }
    } finally {
      this.isQueued = false;
      queue.splice(queue.indexOf(this), 1);
    }
    return action ? this.answerOf(action, { QueueResult: 'leave', QueueTime: '1' }) : undefined;
  }

  private async dial(verb: Verb): Promise<undefined> {
    const [conference] = verb.children;
    if (conference?.name !== 'Conference') throw new Error('the sandbox dials conferences only');
    const room = this.exchange.conferenceOf(conference.text.trim());
    const left = room.join(this, conference.attributes);
    const abort = new Promise<never>((_resolve, reject) =>
      this.document.signal.addEventListener('abort', () => reject(new Elsewhere()), { once: true }),
    );
    try {
      await Promise.race([left, abort]);
    } finally {
      room.leave(this);
    }
    return undefined;
  }

  private start(verb: Verb): undefined {
    const [what] = verb.children;
    if (what?.name === 'Recording') {
      this.beginRecording(what.attributes.recordingStatusCallback, what.attributes.recordingStatusCallbackEvent);
    }
    if (what?.name === 'Transcription' && what.attributes.statusCallbackUrl) {
      this.transcription = { sid: newSid('GT'), url: what.attributes.statusCallbackUrl, next: 1, line: 0 };
      this.tellTranscription('transcription-started');
    }
    return undefined;
  }

  private beginRecording(callback: string | undefined, events = 'completed'): Recording {
    const recording: Recording = {
      sid: newSid('RE'),
      callSid: this.sid,
      status: 'in-progress',
      began: Date.now(),
      pausedAt: undefined,
      pausedMs: 0,
      callback,
      events: events.split(' '),
      media: undefined,
      duration: 0,
    };
    this.exchange.recordings.set(recording.sid, recording);
    this.tellRecording(recording, 'in-progress');
    return recording;
  }

  private endRecording(recording: Recording): void {
    if (recording.status === 'completed') return;
    const paused = recording.pausedMs + (recording.pausedAt === undefined ? 0 : Date.now() - recording.pausedAt);
    const seconds = (Date.now() - recording.began - paused) / 1000;
    recording.status = 'completed';
    recording.duration = Math.max(1, Math.round(seconds));
    recording.media = wave(Math.max(0.1, Math.min(600, seconds)));
    this.tellRecording(recording, 'completed');
  }

  private async record(verb: Verb): Promise<string | false | undefined> {
    const { recordingStatusCallback, recordingStatusCallbackEvent, action } = verb.attributes;
    const recording = this.beginRecording(recordingStatusCallback, recordingStatusCallbackEvent);
    await this.pause(2000);
    this.endRecording(recording);
    return action ? this.answerOf(action, { RecordingSid: recording.sid, RecordingDuration: '2' }) : undefined;
  }

  /** Somebody in the conversation says the next thing. */
  speak(): void {
    const { transcription } = this;
    const line = DIALOGUE[(transcription?.line ?? 0) % DIALOGUE.length];
    if (!transcription || !line) return;
    transcription.line += 1;
    const [track, transcript, language] = line;
    this.tellTranscription('transcription-content', {
      Track: track,
      Final: 'true',
      LanguageCode: language,
      TranscriptionData: JSON.stringify({ transcript, confidence: 0.93 }),
    });
  }

  /** Goes elsewhere at once. */
  redirect(url: string): void {
    this.next = url;
    this.document.abort();
  }

  /** Ends the call, whatever it does. */
  async end(status: LegStatus): Promise<void> {
    if (this.ended) return;
    this.endedAt = new Date();
    this.status = status;
    this.over.abort();
    this.document.abort();
    for (const recording of this.exchange.recordings.values()) {
      if (recording.callSid === this.sid) this.endRecording(recording);
    }
    if (this.transcription) this.tellTranscription('transcription-stopped');
    this.tell('completed', status);
    await this.told;
  }

  private tell(event: string, status: LegStatus | 'initiated'): void {
    const { statusCallback, statusEvents, script } = this.settings;
    const sequence = this.sequence;
    this.sequence += 1;
    if (!statusEvents.includes(event)) return;
    const duration = this.endedAt && this.answeredAt ? Math.round((+this.endedAt - +this.answeredAt) / 1000) : 0;
    this.send(statusCallback, {
      ...this.fields,
      CallStatus: status,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(sequence),
      Timestamp: rfc2822(new Date()),
      ...(script.answeredBy && this.answeredAt ? { AnsweredBy: script.answeredBy } : {}),
      ...(this.endedAt ? { CallDuration: String(duration), Duration: String(Math.ceil(duration / 60)) } : {}),
    });
  }

  private tellRecording(recording: Recording, status: 'in-progress' | 'completed'): void {
    if (!recording.events.includes(status)) return;
    this.send(recording.callback, {
      AccountSid: this.exchange.accountSid,
      CallSid: this.sid,
      RecordingSid: recording.sid,
      RecordingStatus: status,
      RecordingChannels: '1',
      RecordingSource: 'StartCallRecordingTwiML',
      RecordingStartTime: rfc2822(new Date(recording.began)),
      RecordingUrl: `${this.exchange.base}/2010-04-01/Accounts/${this.exchange.accountSid}/Recordings/${recording.sid}`,
      ...(status === 'completed' ? { RecordingDuration: String(recording.duration) } : {}),
    });
  }

  private tellTranscription(event: string, more: Record<string, string> = {}): void {
    const { transcription } = this;
    if (!transcription) return;
    this.send(transcription.url, {
      AccountSid: this.exchange.accountSid,
      CallSid: this.sid,
      TranscriptionSid: transcription.sid,
      TranscriptionEvent: event,
      SequenceId: String(transcription.next),
      Timestamp: new Date().toISOString(),
      ...more,
    });
    transcription.next += 1;
  }

  /** In order, as the carrier happens to send them; whoever receives them may not rely on it. */
  send(url: string | undefined, fields: Record<string, string>): void {
    this.told = this.told.then(() => this.exchange.poster.tell(url, fields));
  }

  private async pause(ms: number): Promise<undefined> {
    await this.wait(ms, this.document.signal).catch(() => {
      throw new Elsewhere();
    });
    return undefined;
  }

  private async wait(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms * this.exchange.pace, undefined, { signal });
  }
}

const HANG_UP: Verb = { name: 'Hangup', attributes: {}, children: [], text: '' };
