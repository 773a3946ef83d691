import { createHash, createHmac } from 'node:crypto';
import fc from '../../../../test/support/properties';
import { canonicalFields, sameText, signV1, signV2 } from './signature';

const SECRET = 'a-secret-of-a-dialer';

/** What the dialer's document tells its clients to do, word for word but for `dialer_api_key`. */
function documentedSignature(data: Record<string, unknown>, secretKey: string): string {
  const canonicalParams = [];
  for (const key of Object.keys(data).sort()) {
    if (!['api_key', 'dialer_api_key', 'signature'].includes(key)) {
      canonicalParams.push(`${key}=${data[key] as string}`);
    }
  }
  return createHmac('sha256', secretKey).update(canonicalParams.join('&')).digest('hex');
}

/** Every way to read a signed text as fields: each `&` either joins two fields or belongs to a value. */
function readings(text: string): Record<string, string>[] {
  const parts = text.split('&');
  const found: Record<string, string>[] = [];
  for (let joins = 0; joins < 2 ** (parts.length - 1); joins += 1) {
    const fields = [parts[0] ?? ''];
    parts.slice(1).forEach((part, index) => {
      if (joins & (1 << index)) fields.push(part);
      else fields[fields.length - 1] += `&${part}`;
    });
    const pairs = fields.map((field) => [field.split('=', 1)[0] ?? '', field.slice(field.indexOf('=') + 1)] as const);
    if (fields.every((field) => field.includes('='))) found.push(Object.fromEntries(pairs));
  }
  return found;
}

describe('the signature of the first form', () => {
  it('is what the documented code makes of the same fields, whatever their types', () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'B', '0', ' ', '=', 'é', '🌞', '"') }),
      fc.jsonValue({ maxDepth: 3 }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Za-z_0-9]{1,12}$/), value), (fields) => {
        const signature = signV1(SECRET, fields);
        // an object with a `toString` of its own cannot be written as text, by the client neither
        if (signature !== undefined) expect(signature).toBe(documentedSignature(fields, SECRET));
      }),
      { seed: 20, numRuns: 500 },
    );
  });

  it('writes values as JavaScript does and leaves keys and signatures out', () => {
    const fields = {
      zeta: 1.5,
      SQLdate: 'x',
      flag: true,
      none: null,
      list: [1, [2, null]],
      object: { a: 1 },
      api_key: 'k',
      dialer_api_key: 'k',
      signature: 's',
    };
    expect(canonicalFields(fields)).toBe('SQLdate=x&flag=true&list=1,2,&none=null&object=[object Object]&zeta=1.5');
  });

  it('refuses fields that could be read in two ways', () => {
    // signed for {notes, phone}, sent as one field
    expect(canonicalFields({ notes: 'x', phone: '1' })).toBe('notes=x&phone=1');
    expect(canonicalFields({ notes: 'x&phone=1' })).toBeUndefined();
    expect(canonicalFields({ 'a=b': 'c' })).toBeUndefined();
    expect(canonicalFields({ 'a&b': 'c' })).toBeUndefined();
    // what sorts before its own field cannot be a field after it
    expect(canonicalFields({ recording_file: 'http://x/?a=1&b=2' })).toBe('recording_file=http://x/?a=1&b=2');
    expect(canonicalFields({ city: 'M&S', zone: '1' })).toBe('city=M&S&zone=1');
  });

  it('never lets fields be folded into one another', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '=', '&'), maxLength: 6 });
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    fc.assert(
      fc.property(fc.dictionary(name, text), (sent) => {
        const signed = canonicalFields(sent);
        fc.pre(signed !== undefined);
        const accepted = readings(signed).filter((fields) => canonicalFields(fields) === signed);
        expect(accepted).toEqual(Object.keys(sent).length === 0 ? [] : [{ ...sent }]);
      }),
      { seed: 21, numRuns: 2000 },
    );
  });

  it('has no answer to what cannot be written as text', () => {
    expect(signV1(SECRET, { a: { toString: 1 } })).toBeUndefined();
    let deep: unknown[] = [];
    for (let n = 0; n < 100_000; n += 1) deep = [deep];
    expect(signV1(SECRET, { a: deep })).toBeUndefined();
  });
});

describe('the signature of the second form', () => {
  const request = { method: 'POST', url: '/api/leads/from-dialer/', body: Buffer.from('{"user":"CalebG"}') };

  it('covers time, nonce, method, path and body, or the query where there is no body', () => {
    const signed = signV2(SECRET, '1700000000', 'nonce-12', request);
    const bodyHash = createHash('sha256').update('{"user":"CalebG"}').digest('hex');
    expect(signed).toBe(
      createHmac('sha256', SECRET).update(`1700000000.nonce-12.POST./api/leads/from-dialer/.${bodyHash}`).digest('hex'),
    );
    const others = [
      signV2(SECRET, '1700000001', 'nonce-12', request),
      signV2(SECRET, '1700000000', 'nonce-13', request),
      signV2(SECRET, '1700000000', 'nonce-12', { ...request, method: 'GET' }),
      signV2(SECRET, '1700000000', 'nonce-12', { ...request, url: '/api/leads/from-dialer' }),
      signV2(SECRET, '1700000000', 'nonce-12', { ...request, url: '/api/leads/from-dialer/?a=1' }),
      signV2(SECRET, '1700000000', 'nonce-12', { ...request, body: Buffer.from('{"user":"CalebH"}') }),
      signV2(SECRET, '1700000000', 'nonce-12', { ...request, body: undefined }),
      signV2('another secret of a dialer', '1700000000', 'nonce-12', request),
    ];
    expect(new Set([signed, ...others]).size).toBe(others.length + 1);
    const get = (url: string): string => signV2(SECRET, '1', 'n', { method: 'GET', url, body: undefined });
    expect(get('/x?a=1')).not.toBe(get('/x?a=2'));
    expect(get('/x?')).toBe(get('/x'));
  });
});

describe('comparing secrets', () => {
  it('tells equal from different, of any length', () => {
    expect(sameText('abc', 'abc')).toBe(true);
    expect(sameText('abc', 'abd')).toBe(false);
    expect(sameText('abc', 'abcd')).toBe(false);
    expect(sameText('', '')).toBe(true);
  });
});
