import {
  createHmac,
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign as signWith,
} from 'node:crypto';

const SECRET_PREFIX = 'whsec_';
const PUBLIC_PREFIX = 'whpk_';
const SECRET_BYTES = 32;
/** What stands before the 32 bytes of an ed25519 key in its SPKI form (RFC 8410). */
const SPKI_HEAD_BYTES = 12;

/** A new signing secret, as receivers are shown it. */
export const newSecret = (): string => SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');

/** The bytes a secret stands for: Standard Webhooks signs with these, not with its text. */
const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');

/** A new pair for `v1a` signatures: the private key to keep (sealed), the public one to show. */
export function newKeyPair(): { privateKey: string; publicKey: string } {
  const pair = generateKeyPairSync('ed25519');
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' });
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    publicKey: PUBLIC_PREFIX + spki.subarray(SPKI_HEAD_BYTES).toString('base64'),
  };
}

/** Reads what `newKeyPair` made. */
export const privateKey = (stored: string): KeyObject =>
  createPrivateKey({ key: Buffer.from(stored, 'base64'), format: 'der', type: 'pkcs8' });

/** The headers of Standard Webhooks. */
export interface SignatureHeaders {
  'webhook-id': string;
  'webhook-timestamp': string;
  'webhook-signature': string;
}

/**
 * Signs `id.timestamp.body` as Standard Webhooks 1.0 says: `v1,` for each secret (two while one is being replaced),
 * then `v1a,` when there is a key. `id` stays the same over retries; the timestamp is that of the attempt.
 */
export function sign(
  message: { id: string; body: string; seconds: number },
  secrets: readonly string[],
  asymmetric?: KeyObject,
): SignatureHeaders {
  const content = `${message.id}.${message.seconds}.${message.body}`;
  const signatures = secrets.map(
    (secret) => `v1,${createHmac('sha256', keyOf(secret)).update(content).digest('base64')}`,
  );
  if (asymmetric) signatures.push(`v1a,${signWith(null, Buffer.from(content), asymmetric).toString('base64')}`);
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.seconds),
    'webhook-signature': signatures.join(' '),
  };
}
