import fc from '../../../../test/support/properties';
import { queueFigures, type QueueWait } from './service-level';

const wait = (outcome: QueueWait['outcome'], ...seconds: number[]): QueueWait[] =>
  seconds.map((waitSeconds) => ({ outcome, waitSeconds }));

describe('the figures of a queue', () => {
  it('are those of the golden case', () => {
    const waits = [
      ...wait('answered', 5, 12, 20, 21, 45),
      ...wait('abandoned', 3, 18, 60),
      ...wait('callback', 15),
      ...wait('overflow', 30),
    ];
    expect(queueFigures(waits, { targetSeconds: 20, shortAbandonSeconds: 5 })).toMatchObject({
      queued: 10,
      serviceLevel: 37.5,
      serviceLevelWithoutShortAbandons: 42.86,
      averageSpeedOfAnswer: 20.6,
      abandonmentRate: 30,
    });
  });

  it('are null where nothing can be divided by', () => {
    expect(queueFigures(wait('waiting', 9), { targetSeconds: 20, shortAbandonSeconds: 5 })).toMatchObject({
      queued: 1,
      waiting: 1,
      serviceLevel: null,
      averageSpeedOfAnswer: null,
      abandonmentRate: 0,
    });
  });

  it('count every wait once: queued = answered + abandoned + callback + overflow + waiting', () => {
    const outcome = fc.constantFrom<QueueWait['outcome']>('answered', 'abandoned', 'callback', 'overflow', 'waiting');
    fc.assert(
      fc.property(fc.array(fc.record({ outcome, waitSeconds: fc.nat(1000) })), (waits) => {
        const f = queueFigures(waits, { targetSeconds: 20, shortAbandonSeconds: 5 });
        expect(f.queued).toBe(waits.length);
        expect(f.answered + f.abandoned + f.callback + f.overflow + f.waiting).toBe(f.queued);
        expect(f.serviceLevel ?? 0).toBeLessThanOrEqual(100);
      }),
    );
  });
});
