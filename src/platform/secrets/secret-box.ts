import { Injectable } from '@nestjs/common';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Config, type EncryptionKey } from '../config/config';

/** Where a sealed value lives. It opens there and nowhere else: a value copied to another row is refused. */
export interface SecretPlace {
  table: string;
  /** The row's primary key. */
  row: string;
  column: string;
}

/** A sealed value does not open: it was changed, moved, or its key is no longer in the ring. Never holds the value. */
export class CannotOpen extends Error {
  constructor(place: SecretPlace, why: string) {
    super(`sealed value in ${place.table}.${place.column} of ${place.row} does not open: ${why}`);
    this.name = 'CannotOpen';
  }
}

const CIPHER = 'aes-256-gcm';
const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEALED = /^v1\.([A-Za-z0-9_-]{1,16})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{22,})$/;

/**
 * Secrets at rest: AES-256-GCM under a ring of keys. The first key of `ENCRYPTION_KEYS` seals, all of them open, so a
 * new key is put in front and the old one stays until `KeyRotation` has sealed everything anew.
 * A sealed value is text, `v1.<key id>.<nonce>.<ciphertext and tag>`, authenticated together with its place.
 */
@Injectable()
export class SecretBox {
  private readonly current: EncryptionKey;
  private readonly keys: ReadonlyMap<string, Buffer>;

  constructor(config: Config) {
    const [first] = config.encryptionKeys;
    if (!first) throw new Error('ENCRYPTION_KEYS holds no key');
    this.current = first;
    this.keys = new Map(config.encryptionKeys.map(({ id, key }) => [id, key]));
  }

  /** Seals `plain` for this place; two calls give two different texts. */
  seal(plain: string, place: SecretPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.current.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(this.current.id, place));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, this.current.id, nonce.toString('base64url'), sealed.toString('base64url')].join('.');
  }

  /** The plain text; throws CannotOpen when a single bit, the place or the key is another. */
  open(sealed: string, place: SecretPlace): string {
    const [, keyId = '', nonce = '', body = ''] = SEALED.exec(sealed) ?? [];
    if (!keyId) throw new CannotOpen(place, 'it is not a sealed value');
    const key = this.keys.get(keyId);
    if (!key) throw new CannotOpen(place, `key ${keyId} is not in ENCRYPTION_KEYS`);
    const bytes = Buffer.from(body, 'base64url');
    // base64url has spare bits at its end that decoding ignores; only the one canonical spelling is ours
    if (bytes.toString('base64url') !== body) throw new CannotOpen(place, 'it is not a sealed value');
    const decipher = createDecipheriv(CIPHER, key, Buffer.from(nonce, 'base64url'), { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(keyId, place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      throw new CannotOpen(place, 'it was changed or belongs elsewhere');
    }
  }

  /** Whether the key that seals today sealed this; another means that it waits for rotation. */
  isCurrent(sealed: string): boolean {
    return SEALED.exec(sealed)?.[1] === this.current.id;
  }

  /** What every value sealed today begins with; SQL finds by it those that wait for rotation. */
  get currentPrefix(): string {
    return `${VERSION}.${this.current.id}.`;
  }
}

/** What is authenticated beside the secret. JSON, so that no two places give the same bytes. */
const boundTo = (keyId: string, { table, row, column }: SecretPlace): Buffer =>
  Buffer.from(JSON.stringify([VERSION, keyId, table, row, column]));
