import type { Request } from 'express';

/** The caller's address: the socket's, or what trusted proxies say (`TRUST_PROXY`); without a port some proxies add. */
export const addressOf = (request: Request): string => {
  const address = request.ip ?? '';
  return /^\d+\.\d+\.\d+\.\d+:\d+$/.test(address) ? address.slice(0, address.indexOf(':')) : address;
};

/**
 * Whether the caller reached us over TLS: our own socket, or what the outermost of `trusted` proxies wrote in
 * `X-Forwarded-Proto`. Proxies append on the right, so what a caller wrote himself stands further left and is not read.
 */
export function cameByTls(request: Request, trusted: number): boolean {
  if ((request.socket as { encrypted?: boolean }).encrypted) return true;
  if (trusted === 0) return false;
  const header = request.headers['x-forwarded-proto'];
  const written = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').map((part) => part.trim());
  return written[Math.max(0, written.length - trusted)]?.toLowerCase() === 'https';
}
