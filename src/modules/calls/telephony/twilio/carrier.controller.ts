import { Controller, Header, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiConsumes, ApiHeader, ApiOkResponse, ApiProduces, ApiTags } from '@nestjs/swagger';
import { createHash } from 'node:crypto';
import { OwnGuard } from '../../../../platform/access/access.decorators';
import type { Tx } from '../../../../platform/database/database';
import { ApiErrors } from '../../../../platform/http/api-errors';
import { Inbox } from '../../../../platform/inbox/inbox';
import { TelephonyNotConfigured } from '../../calls.errors';
import { CallTwiml } from './call-twiml';
import { CarrierCallbacks, type CallbackSource, messageOf } from './carrier-callbacks';
import { Callback, type SignedCallback, TwilioGuard, WrongCarrierSignature } from './twilio.guard';
import { VoiceFlow } from './voice-flow';

const XML = 'text/xml; charset=utf-8';
const ANSWER = {
  description: 'TwiML.',
  content: { 'text/xml': { schema: { type: 'string' as const }, example: CallTwiml.nothing } },
};

/**
 * What the carrier asks and tells. Questions (`voice/…`) are answered in the transaction in which they are kept; what is
 * told is kept once and obeyed. Either way a repetition gets the same answer and does nothing.
 */
@ApiTags('Telephone carrier')
@ApiHeader({ name: 'X-Twilio-Signature', description: "Twilio's signature of address and body.", required: true })
@Controller('api/calls')
@UseGuards(TwilioGuard)
@OwnGuard('Twilio signature')
@ApiConsumes('application/x-www-form-urlencoded', 'application/json')
@ApiProduces('text/xml')
@ApiErrors(WrongCarrierSignature, TelephonyNotConfigured)
export class CarrierController {
  constructor(
    private readonly inbox: Inbox,
    private readonly flow: VoiceFlow,
    private readonly callbacks: CarrierCallbacks,
  ) {}

  /**
   * Be told how a call goes on, or that somebody rings
   *
   * @remarks The address for both at Twilio: status callbacks of calls, and the voice URL of our number.
   */
  @Post('twilio-webhook')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  webhook(@Callback() callback: SignedCallback): Promise<string> {
    const { CallbackSource: source, CallStatus: status, Direction: direction } = callback.fields;
    const rings = !source && direction === 'inbound' && (status === 'ringing' || status === 'in-progress');
    return rings ? this.ask(callback, (tx) => this.flow.incoming(tx, callback)) : this.tell('status', callback);
  }

  /** Answer somebody who rings */
  @Post('voice/incoming')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  incoming(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.incoming(tx, callback));
  }

  /** Take the choice of a department */
  @Post('voice/menu')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  menu(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.menu(tx, callback));
  }

  /** Let a caller wait */
  @Post('voice/queue')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  queue(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.place(tx, callback));
  }

  /** Tell a waiting caller his place */
  @Post('voice/wait')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  wait(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.wait(tx, callback));
  }

  /** Take a waiting caller's wish for a callback */
  @Post('voice/wait-key')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  waitKey(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.waitKey(tx, callback));
  }

  /** Say goodbye to a caller who has left the queue */
  @Post('voice/left')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  left(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.left(tx, callback));
  }

  /** Bring a caller to his agent */
  @Post('voice/join')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  join(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.place(tx, callback));
  }

  /** Bring whom we have dialled to his agent */
  @Post('voice/answered')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  answered(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, async (tx) => {
      const { fields, query } = callback;
      const call = await this.callbacks.adopt(tx, query.command ?? '', fields.CallSid ?? '');
      return this.flow.answered(tx, call);
    });
  }

  /** Bring an agent to his caller */
  @Post('voice/agent')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  agent(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.agent(tx, callback));
  }

  /** Ask for a message */
  @Post('voice/voicemail')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  voicemail(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.voicemail(tx, callback));
  }

  /** Thank for a message */
  @Post('voice/voicemail-left')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  voicemailLeft(@Callback() callback: SignedCallback): Promise<string> {
    return this.ask(callback, (tx) => this.flow.voicemailLeft(tx, callback));
  }

  /** Answer a browser telephone that dials */
  @Post('voice/outgoing')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  outgoing(): Promise<string> {
    return this.flow.outgoing();
  }

  /** Be told how the telephone of an agent goes on */
  @Post('voice/leg')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  leg(@Callback() callback: SignedCallback): Promise<string> {
    return this.tell('leg', callback);
  }

  /** Be told who comes into a conversation and who leaves it */
  @Post('voice/conference')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  conference(@Callback() callback: SignedCallback): Promise<string> {
    return this.tell('conference', callback);
  }

  /** Be told how a recording goes on */
  @Post('voice/recording')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  recording(@Callback() callback: SignedCallback): Promise<string> {
    return this.tell('recording', callback);
  }

  /** Be told what is said */
  @Post('voice/transcription')
  @HttpCode(200)
  @Header('Content-Type', XML)
  @ApiOkResponse(ANSWER)
  transcription(@Callback() callback: SignedCallback): Promise<string> {
    return this.tell('transcription', callback);
  }

  private async tell(source: CallbackSource, callback: SignedCallback): Promise<string> {
    return (await this.inbox.take(messageOf(source, callback), CallTwiml.nothing)).answer || CallTwiml.nothing;
  }

  /** A question has no number of its own: it is the same when every signed byte of it is. */
  private async ask({ target, fields }: SignedCallback, work: (tx: Tx) => Promise<string>): Promise<string> {
    const asked = JSON.stringify([target, Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))]);
    const externalId = createHash('sha256').update(asked).digest('hex');
    return (await this.inbox.receive({ source: 'twilio.voice', externalId, body: {} }, work)).answer;
  }
}
