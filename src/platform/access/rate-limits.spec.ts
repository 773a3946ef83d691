import type { Request } from 'express';
import { MemoryCounter } from './limit-counters';
import { addressKey } from './rate-limits';

const from = (ip: string | undefined, remoteAddress = '10.0.0.9'): string =>
  addressKey({ ip, socket: { remoteAddress } } as unknown as Request);

describe('the address limits count by', () => {
  it('is one for an IPv4 address however it is written, and one for an IPv6 /64', () => {
    expect(from('192.0.2.1')).toBe('address:192.0.2.1');
    expect(from('::ffff:192.0.2.1')).toBe('address:192.0.2.1');
    expect(from('2001:db8:1:2::1')).toBe('address:2001:db8:1:2::/64');
    expect(from('2001:db8:1:2:ffff::9')).toBe(from('2001:0db8:1:2::1'));
    expect(from('2001:db8:1:3::1')).not.toBe(from('2001:db8:1:2::1'));
  });

  it('is the proxy itself when what it forwarded is no address', () => {
    expect(from('"><script>')).toBe('address:10.0.0.9');
    expect(from(undefined)).toBe('address:10.0.0.9');
  });
});

describe('counting in memory', () => {
  it('counts a window from its first request and begins anew after it', async () => {
    let now = 0;
    const counter = new MemoryCounter(() => now);
    expect(await counter.add('a', 1, 60)).toEqual({ used: 1, msBeforeReset: 60_000 });
    now = 59_999;
    expect(await counter.add('a', 1, 60)).toEqual({ used: 2, msBeforeReset: 1 });
    now = 60_000;
    expect(await counter.add('a', 1, 60)).toEqual({ used: 1, msBeforeReset: 60_000 });
  });

  it('never holds more windows than it may, and lets go of those that have ended', async () => {
    let now = 0;
    const counter = new MemoryCounter(() => now, 1000);
    for (let n = 0; n < 5000; n += 1) await counter.add(`flood-${n}`, 1, 60);
    expect(counter.size).toBe(1000);
    now = 60_000;
    for (let n = 0; n < 1000; n += 1) await counter.add('one', 1, 60);
    for (let n = 0; n < 1000; n += 1) await counter.add(`calm-${n}`, 1, 60);
    expect(counter.size).toBe(1000);
  });
});
