import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

// A verifier of its own, written from the published description, so that the product's signer is checked by other code.

const SKEW_MS = 5 * 60_000;

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();

/** RFC 3986 encoding: everything but the unreserved characters. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The request as it arrived. */
export interface Arrived {
  method: string;
  /** Path and query of the request line, untouched. */
  target: string;
  headers: Record<string, string | string[] | undefined>;
}

/** Who may sign, and for where. */
export interface Realm {
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  service: string;
}

/** Why API Gateway would answer 403, in its words; undefined when the signature holds. */
export function signatureFault(request: Arrived, bodyHash: string, realm: Realm, now: number): string | undefined {
  const authorization = one(request.headers.authorization);
  if (!authorization) return 'Missing Authentication Token';
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request, ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  if (!match)
    return `Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=${authorization.slice(0, 60)}`;
  const [, keyId = '', day = '', region = '', service = '', signedHeaders = '', signature = ''] = match;
  if (keyId !== realm.accessKeyId) return 'The security token included in the request is invalid.';
  if (region !== realm.region) return `Credential should be scoped to a valid region, not '${region}'.`;
  if (service !== realm.service) return `Credential should be scoped to correct service: '${realm.service}'.`;
  const date = one(request.headers['x-amz-date']) ?? '';
  const at = parseAmzDate(date);
  if (at === undefined || !date.startsWith(day))
    return 'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date';
  if (at < now - SKEW_MS)
    return `Signature expired: ${date} is now earlier than ${amzDate(now - SKEW_MS)} (${amzDate(now)} - 5 min.)`;
  if (at > now + SKEW_MS)
    return `Signature not yet current: ${date} is still later than ${amzDate(now + SKEW_MS)} (${amzDate(now)} + 5 min.)`;
  const names = signedHeaders.split(';');
  if (!names.includes('host')) return "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
  const canonical = canonicalRequest(request, names, bodyHash, 'twice');
  const expected = signatureOf(canonical, date, { ...realm, region, service });
  if (timingSafeEqual(Buffer.from(expected), Buffer.from(signature))) return undefined;
  return (
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and ' +
    `signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'${canonical}'`
  );
}

/** Makes a presigned PUT as S3 wants it: query authentication, unsigned payload, these headers to be sent as they are. */
export function presignPut(
  store: URL,
  path: string,
  headers: Record<string, string>,
  realm: Realm,
  now: number,
  expiresSeconds: number,
): string {
  const date = amzDate(now);
  const names = ['host', ...Object.keys(headers)].sort();
  const query = new URLSearchParams({
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': `${realm.accessKeyId}/${date.slice(0, 8)}/${realm.region}/${realm.service}/aws4_request`,
    'X-Amz-Date': date,
    'X-Amz-Expires': String(expiresSeconds),
    'X-Amz-SignedHeaders': names.join(';'),
  });
  const target = `${path}?${query.toString()}`;
  const canonical = canonicalRequest(
    { method: 'PUT', target, headers: { ...headers, host: store.host } },
    names,
    'UNSIGNED-PAYLOAD',
    'once',
  );
  return `${store.origin}${target}&X-Amz-Signature=${signatureOf(canonical, date, realm)}`;
}

/** The code S3 answers with when a presigned PUT does not hold; undefined when it does. */
export function presignedFault(
  request: Arrived,
  realm: Realm,
  now: number,
): 'AccessDenied' | 'SignatureDoesNotMatch' | undefined {
  const [path = '', search = ''] = request.target.split('?', 2);
  const query = new URLSearchParams(search);
  const signature = query.get('X-Amz-Signature') ?? '';
  const date = query.get('X-Amz-Date') ?? '';
  const at = parseAmzDate(date);
  if (!signature || at === undefined) return 'AccessDenied';
  if (now > at + Number(query.get('X-Amz-Expires')) * 1000) return 'AccessDenied';
  query.delete('X-Amz-Signature');
  const names = (query.get('X-Amz-SignedHeaders') ?? '').split(';');
  const canonical = canonicalRequest(
    { ...request, target: `${path}?${query.toString()}` },
    names,
    'UNSIGNED-PAYLOAD',
    'once',
  );
  return signatureOf(canonical, date, realm) === signature ? undefined : 'SignatureDoesNotMatch';
}

function canonicalRequest(request: Arrived, names: string[], bodyHash: string, pathEncoding: 'once' | 'twice'): string {
  const [path = '/', search = ''] = request.target.split('?', 2);
  const encodedPath = path
    .split('/')
    .map((segment) => (pathEncoding === 'twice' ? encode(segment) : encode(decodeURIComponent(segment))))
    .join('/');
  const query = [...new URLSearchParams(search)]
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const lines = names.map((name) => `${name}:${(one(request.headers[name]) ?? '').trim().replace(/\s+/g, ' ')}`);
  return [request.method, encodedPath, query, ...lines, '', names.join(';'), bodyHash].join('\n');
}

function signatureOf(canonical: string, date: string, realm: Realm): string {
  const day = date.slice(0, 8);
  const toSign = [
    'AWS4-HMAC-SHA256',
    date,
    `${day}/${realm.region}/${realm.service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  const key = [day, realm.region, realm.service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${realm.secretAccessKey}`,
  );
  return createHmac('sha256', key).update(toSign).digest('hex');
}

const one = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value;

const amzDate = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');

function parseAmzDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}
