import { systemActor } from '../../src/platform/access/actor';
import type { Tx } from '../../src/platform/database/database';
import { defineEvent } from '../../src/platform/events/define-event';
import { EventLog } from '../../src/platform/events/event-log';
import { startTestApp, type TestApp } from '../support/test-app';

const noted = defineEvent<{ n: number }>({
  name: 'test.noted',
  live: 'test:noted',
  description: 'For this test',
  schema: { type: 'object' },
  example: { n: 1 },
});

describe('transactions', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await startTestApp();
    await app.database.transaction((tx) => tx.rows('create table thing (id int primary key, name text)'));
  });
  afterAll(() => app.close());

  const note = (tx: Tx, data: { n: number }): string =>
    app.nest.get(EventLog).append(tx, noted, data, {
      actor: systemActor('test'),
      aggregate: 'test:1',
      audience: { scope: 'leads:read' },
    });
  const notedSince = async (after: number): Promise<number[]> => {
    const rows = await app.database.read.rows<{ n: number }>(
      `select (data->>'n')::int as n from event where name = 'test.noted' and (data->>'n')::int > $1 order by position`,
      [after],
    );
    return rows.map((row) => row.n);
  };

  it('writes its events together and in order, as they were when they were appended', async () => {
    await app.database.transaction(async (tx) => {
      const data = { n: 1 };
      note(tx, data);
      data.n = 999;
      await tx.rows(`insert into thing values (1, 'one')`);
      for (const n of [2, 3, 4]) note(tx, { n });
    });
    expect(await notedSince(0)).toEqual([1, 2, 3, 4]);
  });

  it('drops the events of what a savepoint undid, and those alone', async () => {
    await app.database.transaction(async (tx) => {
      note(tx, { n: 10 });
      const undone = tx.savepoint(async () => {
        note(tx, { n: 11 });
        await tx.rows(`insert into thing values (1, 'twice')`);
      });
      await expect(undone).rejects.toThrow('duplicate key');
      await tx.savepoint(async () => void note(tx, { n: 12 }));
      note(tx, { n: 13 });
    });
    expect(await notedSince(9)).toEqual([10, 12, 13]);
  });

  it('writes no event of a transaction that is undone', async () => {
    const undone = app.database.transaction(async (tx) => {
      note(tx, { n: 20 });
      await tx.rows(`insert into thing values (1, 'again')`);
    });
    await expect(undone).rejects.toThrow('duplicate key');
    expect(await notedSince(19)).toEqual([]);
  });

  it('goes on after a table was altered under its prepared statements', async () => {
    const inside = () => app.database.transaction((tx) => tx.one('select * from thing where id = $1', [1]));
    const outside = async () => (await app.database.read.often('select * from thing where id = $1', [1]))[0];
    for (let n = 0; n < 20; n += 1) await Promise.all([inside(), inside(), outside(), outside()]);
    await app.database.transaction((tx) => tx.rows(`alter table thing add column colour text default 'red'`));
    for (let n = 0; n < 20; n += 1) {
      const all = await Promise.all([inside(), inside(), outside(), outside()]);
      expect(all).toEqual(Array.from({ length: 4 }, () => ({ id: 1, name: 'one', colour: 'red' })));
    }
  });

  it('cannot be written to when it is over', async () => {
    let kept: Tx | undefined;
    await app.database.transaction(async (tx) => void (kept = tx));
    await expect(kept?.rows(`insert into thing values (2, 'late')`)).rejects.toThrow('this transaction is over');
  });

  it('prepares what comes again, and not what comes once', async () => {
    await app.database.transaction(async (tx) => {
      for (let n = 0; n < 3; n += 1) await tx.rows(`select ${n} as only_once_${n}`);
      for (let n = 0; n < 3; n += 1) await tx.rows(`select 'often' as comes_again`);
      const prepared = await tx.rows<{ statement: string }>('select statement from pg_prepared_statements');
      const texts = prepared.map((row) => row.statement);
      expect(texts.filter((text) => text.includes('only_once'))).toEqual([]);
      expect(texts.filter((text) => text.includes('comes_again'))).toHaveLength(1);
    });
  });
});
