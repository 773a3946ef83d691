import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/**
 * The secrets of a development machine: made once in DATA_DIR, readable by the owner alone, so that sessions and
 * encrypted rows survive a restart. Never used in production, which demands its own.
 */
export function generatedSecret(dataDir: string, name: 'secret-key' | 'encryption-keys', make: () => string): string {
  fs.mkdirSync(dataDir, { recursive: true });
  const file = path.join(dataDir, name);
  try {
    // `wx` decides a race between two processes: one creates, the other reads.
    fs.writeFileSync(file, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return fs.readFileSync(file, 'utf8').trim();
}

/** 48 random bytes in base64url. */
export const newSecretKey = (): string => randomBytes(48).toString('base64url');

/** One entry of ENCRYPTION_KEYS: `id:base64 of 32 bytes`. */
export const newEncryptionKey = (): string => `k1:${randomBytes(32).toString('base64')}`;
