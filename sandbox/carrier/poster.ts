import { createHash, createHmac, randomUUID } from 'node:crypto';
import { Agent, fetch } from 'undici';

/** A callback that was sent, for those who look. */
export interface Sent {
  url: string;
  fields: Record<string, string>;
  status: number;
  answer: string;
}

// Written from the published description, so that the product's check is checked by other code.
const signature = (token: string, url: string, fields: Record<string, string>): string =>
  createHmac('sha1', token)
    .update(
      Object.keys(fields)
        .sort()
        .reduce((text, name) => text + name + fields[name], url),
    )
    .digest('base64');

/** Sends signed callbacks, one after the other for each address, and keeps what was said. */
export class Poster {
  readonly log: Sent[] = [];
  /** Called before a status callback is sent; false keeps it back. */
  passes: (url: string, fields: Record<string, string>) => boolean = () => true;
  // connections of its own, so that none is left open when the sandbox is closed
  private readonly dispatcher = new Agent();

  constructor(
    private readonly token: string,
    /** Where a public origin is really to be reached. */
    private readonly reach: (url: string) => string,
  ) {}

  /** Asks for TwiML. Throws when there is none to be had. */
  async ask(url: string, fields: Record<string, string>): Promise<string> {
    const { status, answer } = await this.post(url, fields);
    if (status !== 200) throw new Error(`11200 ${url} answered ${status}`);
    return answer;
  }

  /** Tells something; nobody minds when it is not heard. */
  async tell(url: string | undefined, fields: Record<string, string>): Promise<void> {
    if (!url || !this.passes(url, fields)) return;
    await this.post(url, fields).catch(() => undefined);
  }

  /** Sends a form, signed. */
  async post(url: string, fields: Record<string, string>): Promise<Sent> {
    const response = await fetch(this.reach(url), {
      dispatcher: this.dispatcher,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'x-twilio-signature': signature(this.token, url, fields),
        'i-twilio-idempotency-token': randomUUID(),
      },
      body: new URLSearchParams(fields).toString(),
      signal: AbortSignal.timeout(15_000),
    });
    const sent = { url, fields, status: response.status, answer: await response.text() };
    this.log.push(sent);
    if (this.log.length > 5000) this.log.splice(0, 1000);
    return sent;
  }

  async close(): Promise<void> {
    await this.dispatcher.destroy();
  }

  /** Sends JSON, its hash in the signed address. */
  async postJson(url: string, body: object): Promise<Sent> {
    const text = JSON.stringify(body);
    const whole = `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${createHash('sha256').update(text).digest('hex')}`;
    const response = await fetch(this.reach(whole), {
      dispatcher: this.dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-twilio-signature': signature(this.token, whole, {}) },
      body: text,
    });
    return { url: whole, fields: {}, status: response.status, answer: await response.text() };
  }
}

/** Exported for tests that forge. */
export { signature as signatureOf };
