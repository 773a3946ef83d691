import { systemActor } from '../../src/platform/access/actor';
import type { Audience } from '../../src/platform/events/audience';
import { defineEvent } from '../../src/platform/events/define-event';
import { EventLog } from '../../src/platform/events/event-log';
import type { TestApp } from './test-app';

/** An event that exists in tests alone. */
export const told = defineEvent<{ n: number; text?: string }>({
  name: 'test.told',
  live: 'test:told',
  description: 'For tests of live connections',
  schema: { type: 'object' },
  example: { n: 1 },
});

/** Commits one event. */
export const tell = (
  app: TestApp,
  n: number,
  audience: Audience = { scope: 'leads:read', roles: ['agent'] },
  extra: { text?: string; isTest?: boolean } = {},
): Promise<unknown> =>
  app.database.transaction(async (tx) =>
    app.nest
      .get(EventLog)
      .append(
        tx,
        told,
        { n, ...(extra.text ? { text: extra.text } : {}) },
        { actor: systemActor('test'), aggregate: `told:${n}`, audience, isTest: extra.isTest },
      ),
  );

/** Commits many events, a hundred in a transaction. */
export async function tellMany(app: TestApp, from: number, count: number, text?: string): Promise<void> {
  for (let n = from; n < from + count; n += 100) {
    await app.database.transaction(async (tx) => {
      for (let i = n; i < Math.min(n + 100, from + count); i += 1) {
        await app.nest
          .get(EventLog)
          .append(
            tx,
            told,
            { n: i, ...(text ? { text } : {}) },
            { actor: systemActor('test'), aggregate: `told:${i}`, audience: { scope: 'leads:read', roles: ['agent'] } },
          );
      }
    });
  }
}
