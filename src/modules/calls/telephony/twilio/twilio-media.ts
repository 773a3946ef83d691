import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { Config } from '../../../../platform/config/config';
import { type Media, RecordingMedia } from '../../recordings/recording-media';

/** Recordings at Twilio, fetched with our credentials from where we know Twilio to be, whatever a callback says. */
@Injectable()
export class TwilioMedia extends RecordingMedia {
  constructor(private readonly config: Config) {
    super();
  }

  async open(providerSid: string, signal: AbortSignal): Promise<Media> {
    const { twilio } = this.config;
    if (!twilio || !/^RE[0-9a-f]{32}$/.test(providerSid)) throw new Error('no such recording');
    const credentials = Buffer.from(`${twilio.accountSid}:${twilio.authToken}`).toString('base64');
    const url = `${twilio.apiBase}/2010-04-01/Accounts/${twilio.accountSid}/Recordings/${providerSid}.wav`;
    // a redirect to another host is followed without the credentials
    const response = await fetch(url, { headers: { Authorization: `Basic ${credentials}` }, signal });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`the carrier answered ${response.status}`);
    }
    const length = response.headers.get('content-length');
    return {
      content: Readable.fromWeb(response.body as ReadableStream),
      contentType: 'audio/wav',
      size: length && !response.headers.get('content-encoding') ? Number(length) : undefined,
      md5: response.headers.get('content-md5') ?? undefined,
    };
  }
}
