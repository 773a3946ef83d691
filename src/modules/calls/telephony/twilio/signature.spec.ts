import { createHash } from 'node:crypto';
import twilio from 'twilio';
import { type ArrivedCallback, isSigned, readForm, signForm } from './signature';

const TOKEN = '0123456789abcdef0123456789abcdef';
const URL_ = 'https://calls.example.com/api/calls/twilio-webhook/?command=7';
const FIELDS = {
  AccountSid: `AC${'a'.repeat(32)}`,
  CallSid: `CA${'b'.repeat(32)}`,
  CallStatus: 'completed',
  From: '+966501234567',
  SequenceNumber: '3',
  Timestamp: 'Fri, 21 Nov 2026 12:00:00 +0000',
  To: '+15005550006',
};
const encode = (fields: Record<string, string>): Buffer => Buffer.from(new URLSearchParams(fields).toString());
const callback = (change: Partial<ArrivedCallback> = {}): ArrivedCallback => ({
  url: URL_,
  contentType: 'application/x-www-form-urlencoded',
  body: encode(FIELDS),
  signature: signForm(TOKEN, URL_, FIELDS),
  ...change,
});

/** Every text that differs from `text` in one byte. */
function* mutants(text: Buffer): Generator<Buffer> {
  for (let at = 0; at < text.length; at += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      if (byte === text[at]) continue;
      const mutant = Buffer.from(text);
      mutant[at] = byte;
      yield mutant;
    }
  }
}

describe('the signature of a callback', () => {
  it('is the one the SDK makes and checks', () => {
    expect(signForm(TOKEN, URL_, FIELDS)).toBe(twilio.getExpectedTwilioSignature(TOKEN, URL_, FIELDS));
    const twice = { Digits: ['2', '1', '2'], CallSid: 'CA1' };
    expect(signForm(TOKEN, URL_, twice)).toBe(twilio.getExpectedTwilioSignature(TOKEN, URL_, twice));
    expect(readForm(Buffer.from('Digits=2&Digits=1&CallSid=CA1'))).toEqual({ Digits: ['2', '1'], CallSid: 'CA1' });
  });

  it('holds for what was sent, with the port or without', () => {
    expect(isSigned(TOKEN, callback())).toBe(true);
    const withPort = URL_.replace('.com', '.com:443');
    expect(isSigned(TOKEN, callback({ signature: signForm(TOKEN, withPort, FIELDS) }))).toBe(true);
    expect(isSigned(TOKEN, callback({ url: withPort }))).toBe(true);
    expect(isSigned(TOKEN, callback({ signature: undefined }))).toBe(false);
    expect(isSigned(`${TOKEN}0`, callback())).toBe(false);
  });

  it('is broken by every change of a single byte of the form', () => {
    const passed = [...mutants(encode(FIELDS))].filter((body) => isSigned(TOKEN, callback({ body })));
    expect(passed.map((body) => body.toString('latin1'))).toEqual([]);
  });

  it('is broken by every change of a single byte of the address or of itself', () => {
    const passed = [...mutants(Buffer.from(URL_.slice(8)))]
      .map((rest) => `https://${rest.toString('latin1')}`)
      .filter((url) => isSigned(TOKEN, callback({ url })));
    expect(passed).toEqual([]);
    const { signature = '' } = callback();
    const signatures = [...mutants(Buffer.from(signature))].map((text) => text.toString('latin1'));
    expect(signatures.filter((text) => isSigned(TOKEN, callback({ signature: text })))).toEqual([]);
  });

  it('of JSON covers every byte through the hash in the address', () => {
    const body = Buffer.from(JSON.stringify({ CallSid: 'CA1', Text: 'مرحبا' }));
    const url = `https://calls.example.com/x?bodySHA256=${createHash('sha256').update(body).digest('hex')}`;
    const json = (change: Partial<ArrivedCallback> = {}): ArrivedCallback => ({
      url,
      contentType: 'application/json',
      body,
      signature: signForm(TOKEN, url, {}),
      ...change,
    });
    expect(isSigned(TOKEN, json())).toBe(true);
    expect([...mutants(body)].filter((mutant) => isSigned(TOKEN, json({ body: mutant })))).toEqual([]);
    expect(isSigned(TOKEN, json({ contentType: 'application/x-www-form-urlencoded' }))).toBe(false);
    const bare = 'https://calls.example.com/x';
    expect(isSigned(TOKEN, json({ url: bare, signature: signForm(TOKEN, bare, {}) }))).toBe(false);
  });
});
