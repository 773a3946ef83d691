import { Injectable } from '@nestjs/common';
import twilio from 'twilio';
import { Config } from '../../../../platform/config/config';
import { Departments } from '../../queue/departments';
import { CarrierUrls, clientIdentity } from './carrier-urls';
import { departmentName, PROMPTS, type VoiceLanguage, VOICES } from './prompts';

const VOICEMAIL_SECONDS = 120;
const LISTEN_SECONDS = 5;
const WAIT_SECONDS = 15;

/** The words of the answers to the carrier: what a leg hears and where it goes. Decides nothing. */
@Injectable()
export class CallTwiml {
  constructor(
    private readonly config: Config,
    private readonly departments: Departments,
    private readonly urls: CarrierUrls,
  ) {}

  /** Greets and asks for a department, by key or by word. Without an answer the menu is asked again. */
  menu(language: VoiceLanguage, attempt: number): string {
    const { names } = this.departments;
    const response = new twilio.twiml.VoiceResponse();
    const query = { lang: language, attempt: String(attempt) };
    const gather = response.gather({
      input: ['dtmf', 'speech'],
      numDigits: 1,
      timeout: LISTEN_SECONDS,
      speechTimeout: 'auto',
      language: VOICES[language].listen,
      hints: names.map((name) => departmentName(name, language)).join(','),
      action: this.urls.to('voice/menu', query),
      method: 'POST',
    });
    const say = (text: string, as = language): void => void gather.say({ language: VOICES[as].say }, text);
    say(attempt === 0 ? PROMPTS.welcome[language] : PROMPTS.notUnderstood[language]);
    say(PROMPTS.otherLanguage[language], language === 'ar' ? 'en' : 'ar');
    say(PROMPTS.menu[language](names.slice(0, 8).map((name) => departmentName(name, language))));
    response.redirect({ method: 'POST' }, this.urls.to('voice/menu', { ...query, silent: '1' }));
    return response.toString();
  }

  /** Waits in the carrier's queue of its own name, hearing what `wait` says. */
  queue(code: string, language: VoiceLanguage): string {
    const response = new twilio.twiml.VoiceResponse();
    response.say({ language: VOICES[language].say }, PROMPTS.connecting[language]);
    response.enqueue(
      {
        action: this.urls.to('voice/left', { lang: language }),
        method: 'POST',
        waitUrl: this.urls.to('voice/wait', { lang: language }),
        waitUrlMethod: 'POST',
      },
      code,
    );
    return response.toString();
  }

  /** His place in the queue, and the offer of a callback. */
  wait(language: VoiceLanguage, position: number | undefined): string {
    const response = new twilio.twiml.VoiceResponse();
    const gather = response.gather({
      numDigits: 1,
      timeout: WAIT_SECONDS,
      action: this.urls.to('voice/wait-key', { lang: language }),
      method: 'POST',
    });
    const text = position ? PROMPTS.position[language](position) : PROMPTS.soon[language];
    gather.say({ language: VOICES[language].say }, text);
    return response.toString();
  }

  /** Leaves the queue for what its `action` says. */
  leave(): string {
    const response = new twilio.twiml.VoiceResponse();
    response.leave();
    return response.toString();
  }

  /** The caller comes into the conference of the call; `recordingId` when it is to be recorded from now on. */
  conference(code: string, options: { recordingId?: string; transcribe?: VoiceLanguage } = {}): string {
    const response = new twilio.twiml.VoiceResponse();
    if (options.recordingId) {
      response.start().recording({
        channels: 'dual',
        recordingStatusCallback: this.urls.to('voice/recording', { recording: options.recordingId }),
        recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'],
      });
    }
    if (options.transcribe) {
      response.start().transcription({
        statusCallbackUrl: this.urls.to('voice/transcription'),
        statusCallbackMethod: 'POST',
        track: 'both_tracks',
        partialResults: false,
        languageCode: VOICES[options.transcribe].listen,
      });
    }
    // the conference is over when the caller leaves it: also when he is sent back to a queue
    this.dial(response, code, { participantLabel: 'caller', endConferenceOnExit: true });
    return response.toString();
  }

  /** An agent's or supervisor's telephone comes into the conference. */
  join(code: string, agentCode: string, how: { muted?: boolean; coach?: string } = {}): string {
    const response = new twilio.twiml.VoiceResponse();
    this.dial(response, code, { participantLabel: clientIdentity(agentCode), endConferenceOnExit: false, ...how });
    return response.toString();
  }

  private dial(
    response: InstanceType<typeof twilio.twiml.VoiceResponse>,
    code: string,
    how: { participantLabel: string; endConferenceOnExit: boolean; muted?: boolean; coach?: string },
  ): void {
    response.dial().conference(
      {
        ...how,
        startConferenceOnEnter: true,
        beep: 'false',
        // the carrier takes these from whoever comes first, so everybody brings the same
        statusCallback: this.urls.to('voice/conference'),
        statusCallbackMethod: 'POST',
        statusCallbackEvent: ['join', 'leave', 'end'],
      },
      code,
    );
  }

  /** Asks for a message and records it. */
  voicemail(language: VoiceLanguage, recordingId: string): string {
    const response = new twilio.twiml.VoiceResponse();
    response.say({ language: VOICES[language].say }, PROMPTS.voicemail[language]);
    response.record({
      action: this.urls.to('voice/voicemail-left', { lang: language }),
      method: 'POST',
      maxLength: VOICEMAIL_SECONDS,
      playBeep: true,
      recordingStatusCallback: this.urls.to('voice/recording', { recording: recordingId }),
      recordingStatusCallbackEvent: ['in-progress', 'completed', 'absent'],
    });
    return response.toString();
  }

  /** Says a last word and hangs up. */
  farewell(language: VoiceLanguage, words: 'callback' | 'thanks' | 'fromTheDesk'): string {
    const response = new twilio.twiml.VoiceResponse();
    response.say({ language: VOICES[language].say }, PROMPTS[words][language]);
    response.hangup();
    return response.toString();
  }

  hangUp(): string {
    const response = new twilio.twiml.VoiceResponse();
    response.hangup();
    return response.toString();
  }

  /** What is said to a status callback: nothing. */
  static readonly nothing = '<?xml version="1.0" encoding="UTF-8"?><Response/>';

  get records(): boolean {
    return this.config.twilio?.records ?? false;
  }

  get transcribes(): boolean {
    return this.config.twilio?.transcribes ?? false;
  }
}
