import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** 256 random bits in base64url: nothing to guess, so a plain SHA-256 is enough to keep it by. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** A key for one purpose, so that what is signed for one can never pass for another. */
export const keyFor = (secretKey: string, purpose: string): Buffer =>
  createHmac('sha256', secretKey).update(`call-centre ${purpose}`).digest();

/** HMAC-SHA256 in base64url. */
export const sign = (key: Buffer, text: string): string => createHmac('sha256', key).update(text).digest('base64url');

/** Compares without telling by its time where the two differ. */
export function sameText(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest()) as [Buffer, Buffer];
  return timingSafeEqual(left, right);
}
