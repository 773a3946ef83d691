import fc from '../../../../test/support/properties';
import { failuresAfter, mayBeUnderWay, OPENS_AFTER, pauseMs } from './breaker';
import { judge, readRetryAfter } from './outcome';
import { nextDelayMs } from './retry-schedule';
import { storable } from './send-delivery';
import { idFrom } from './deliveries.service';

const NOW = Date.UTC(2025, 4, 17, 13, 0, 0);

describe('what an attempt means', () => {
  const answer = (status: number, retryAfter?: string) => ({ status, retryAfter, response: '' });

  it('is success for 2xx alone, the end for 410, a retry for the rest', () => {
    for (let status = 100; status < 600; status += 1) {
      const kind = status >= 200 && status < 300 ? 'delivered' : status === 410 ? 'gone' : 'retry';
      expect([status, judge(answer(status), NOW).kind]).toEqual([status, kind]);
    }
    expect(judge({ fault: 'timeout', message: '' }, NOW)).toEqual({ kind: 'retry' });
    expect(judge({ unsendable: 'too large' }, NOW)).toEqual({ kind: 'failed' });
  });

  it('honours Retry-After on 429 and 503 only', () => {
    expect(judge(answer(429, '7'), NOW)).toEqual({ kind: 'retry', retryAfterMs: 7000 });
    expect(judge(answer(503, 'Sat, 17 May 2025 13:00:30 GMT'), NOW)).toEqual({ kind: 'retry', retryAfterMs: 30_000 });
    expect(judge(answer(500, '7'), NOW)).toEqual({ kind: 'retry' });
  });

  it('reads Retry-After in both forms, bounded to a day, and nothing else', () => {
    expect(readRetryAfter('0', NOW)).toBe(0);
    expect(readRetryAfter('999999999', NOW)).toBe(86_400_000);
    expect(readRetryAfter('Sat, 17 May 2025 12:00:00 GMT', NOW)).toBe(0);
    for (const nonsense of ['', '-1', '1.5', 'soon', '2025-05-17', 'Xxx, 99 Yyy 2025 99:99:99 GMT', undefined]) {
      expect(readRetryAfter(nonsense, NOW)).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        const ms = readRetryAfter(text, NOW);
        return ms === undefined || (ms >= 0 && ms <= 86_400_000);
      }),
    );
  });
});

describe('the retry schedule', () => {
  it('adds a fifth at the most, ends, and never comes before Retry-After', () => {
    const schedule = [5_000, 300_000];
    expect(nextDelayMs(schedule, 1, 0)).toBe(5_000);
    expect(nextDelayMs(schedule, 1, 1)).toBe(6_000);
    expect(nextDelayMs(schedule, 2, 0.5)).toBe(330_000);
    expect(nextDelayMs(schedule, 3, 0.5)).toBeUndefined();
    fc.assert(
      fc.property(fc.nat(100_000), fc.double({ min: 0, max: 1, noNaN: true }), (after, random) => {
        const delay = nextDelayMs(schedule, 1, random, after) ?? 0;
        const base = Math.max(5_000, after);
        return delay >= base && delay <= Math.ceil(base * 1.2);
      }),
    );
  });
});

describe('the breaker', () => {
  it('opens after five failures in a row and then lets one request through at a time', () => {
    expect(Array.from({ length: 8 }, (_, failures) => pauseMs(failures, 0))).toEqual([
      0, 0, 0, 0, 0, 2_000, 4_000, 8_000,
    ]);
    expect(pauseMs(1_000, 1)).toBe(18_000);
    expect(mayBeUnderWay(OPENS_AFTER - 1, 32)).toBe(32);
    expect(mayBeUnderWay(OPENS_AFTER, 32)).toBe(1);
  });

  it('counts what failed together as one step, so that a burst does not mean the longest pause', () => {
    expect(failuresAfter(0, 32)).toBe(OPENS_AFTER);
    expect(failuresAfter(OPENS_AFTER, 3)).toBe(OPENS_AFTER + 1);
    expect(failuresAfter(2, 1)).toBe(3);
    expect(failuresAfter(7, 0)).toBe(7);
  });
});

it('keeps of an answer what PostgreSQL can hold', () => {
  expect(storable(Buffer.from('a\0b'))).toBe('a\ufffdb');
  expect(storable(Buffer.from('x'.repeat(999) + '😀'))).toBe('x'.repeat(999));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4000 }), (bytes) => {
      const text = storable(Buffer.from(bytes));
      return text.length <= 1000 && !text.includes('\0') && Buffer.from(text).toString() === text;
    }),
  );
});

it('finds the smallest id of a time', () => {
  const at = new Date('2025-05-17T13:00:00Z');
  expect(idFrom(at) < '0196de6c-7400-7000-8000-000000000000').toBe(true);
  expect(idFrom(new Date(0))).toBe('00000000-0000-0000-0000-000000000000');
});
