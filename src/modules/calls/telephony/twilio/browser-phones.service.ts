import { Injectable } from '@nestjs/common';
import twilio from 'twilio';
import type { Actor } from '../../../../platform/access/actor';
import { Config } from '../../../../platform/config/config';
import { NoAgentProfile, TelephonyNotConfigured } from '../../calls.errors';
import { clientIdentity } from './carrier-urls';
import type { BrowserPhoneReply } from './browser-phones.view';

const TTL_SECONDS = 3600;

/** Access tokens for the telephone in an agent's browser: it may ring under his own name only. */
@Injectable()
export class BrowserPhonesService {
  constructor(private readonly config: Config) {}

  token(actor: Actor): BrowserPhoneReply {
    const settings = this.config.twilio;
    if (!settings?.browser) throw new TelephonyNotConfigured();
    if (!actor.agent) throw new NoAgentProfile();
    const { apiKey, apiSecret, twimlAppSid } = settings.browser;
    const identity = clientIdentity(actor.agent.code);
    const token = new twilio.jwt.AccessToken(settings.accountSid, apiKey, apiSecret, { identity, ttl: TTL_SECONDS });
    token.addGrant(new twilio.jwt.AccessToken.VoiceGrant({ incomingAllow: true, outgoingApplicationSid: twimlAppSid }));
    return {
      success: true,
      token: token.toJwt(),
      identity,
      expires_in: TTL_SECONDS,
      timestamp: new Date().toISOString(),
    };
  }
}
