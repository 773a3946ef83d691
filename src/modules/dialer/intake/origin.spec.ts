import type { Request } from 'express';
import { addressOf, cameByTls } from './origin';

const request = (forwarded: string | undefined, encrypted = false): Request =>
  ({ headers: { 'x-forwarded-proto': forwarded }, socket: { encrypted } }) as unknown as Request;

describe('whether a request came by TLS', () => {
  it('is what the outermost trusted proxy wrote, and nothing without one', () => {
    expect(cameByTls(request('https'), 0)).toBe(false);
    expect(cameByTls(request('https'), 1)).toBe(true);
    expect(cameByTls(request('http'), 1)).toBe(false);
    expect(cameByTls(request(undefined), 1)).toBe(false);
    expect(cameByTls(request(undefined, true), 0)).toBe(true);
  });

  it('is not what the caller himself wrote further left', () => {
    expect(cameByTls(request('https, http'), 1)).toBe(false);
    expect(cameByTls(request('http, https'), 1)).toBe(true);
    expect(cameByTls(request('https, http, http'), 2)).toBe(false);
    expect(cameByTls(request('https, http'), 2)).toBe(true);
  });
});

describe('the address of a caller', () => {
  it('is without the port that some proxies add', () => {
    expect(addressOf({ ip: '192.0.2.1:4711' } as Request)).toBe('192.0.2.1');
    expect(addressOf({ ip: '::ffff:192.0.2.1' } as Request)).toBe('::ffff:192.0.2.1');
    expect(addressOf({} as Request)).toBe('');
  });
});
