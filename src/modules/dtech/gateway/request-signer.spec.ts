import suite from '../../../../test/data/aws-sigv4-suite.json';
import { type SignableRequest, signRequest } from './request-signer';

interface Case {
  name: string;
  request: string;
  canonicalRequest: string;
  authorization: string;
}

/** Reads a request as the suite writes it: request line, headers (continued lines, doubled names), blank line, body. */
function parse(text: string): SignableRequest {
  const [head = '', ...rest] = text.replace(/\r\n/g, '\n').split('\n\n');
  const [line = '', ...headerLines] = head.trimEnd().split('\n');
  const match = /^(\S+) ([^?]*)(?:\?(.*))? HTTP\/1\.1$/.exec(line);
  if (!match) throw new Error(`not a request line: ${line}`);
  const headers: Record<string, string> = {};
  let last = '';
  for (const headerLine of headerLines) {
    if (/^\s/.test(headerLine)) {
      headers[last] += ` ${headerLine.trim()}`;
      continue;
    }
    const colon = headerLine.indexOf(':');
    last = headerLine.slice(0, colon).toLowerCase();
    const value = headerLine.slice(colon + 1).trim();
    headers[last] = last in headers ? `${headers[last]},${value}` : value;
  }
  const query: Record<string, string[]> = {};
  for (const [name, value] of new URLSearchParams(match[3] ?? '')) query[name] = [...(query[name] ?? []), value];
  const { host = '', ...others } = headers;
  return { method: match[1] ?? '', host, path: match[2] ?? '/', query, headers: others, body: rest.join('\n\n') };
}

describe('request signing', () => {
  const scope = { region: suite.credentials.region, service: suite.credentials.service };

  it.each((suite.cases as Case[]).map((c) => [c.name, c] as const))(
    'agrees with the published suite: %s',
    async (_name, c) => {
      const request = parse(c.request);
      const { 'x-amz-date': date = '', ...headers } = request.headers;
      const now = new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
      const token = /\nx-amz-security-token:(\S+)/.exec(c.canonicalRequest)?.[1];
      const keys = {
        accessKeyId: suite.credentials.accessKeyId,
        secretAccessKey: suite.credentials.secretAccessKey,
        // the suite's session-token case names the token in its answer alone
        ...(token && !headers['x-amz-security-token'] ? { sessionToken: token } : {}),
      };
      const signed = await signRequest({ ...request, headers }, keys, scope, now);
      expect(signed.authorization).toBe(c.authorization);
      expect(signed['x-amz-date']).toBe(date);
    },
  );

  it('covers the very bytes of the body and the host with its port', async () => {
    const keys = { accessKeyId: 'A', secretAccessKey: 'S' };
    const now = new Date('2026-01-02T03:04:05Z');
    const at = (host: string, body: string): Promise<Record<string, string>> =>
      signRequest({ method: 'POST', host, path: '/ext/start', headers: {}, body }, keys, scope, now);
    const one = await at('gateway.test', '{"a":1}');
    const other = await at('gateway.test', '{"a": 1}');
    const ported = await at('gateway.test:8443', '{"a":1}');
    expect(new Set([one.authorization, other.authorization, ported.authorization]).size).toBe(3);
    expect(ported.host).toBe('gateway.test:8443');
  });
});
