import { AppwriteServer } from '../../sandbox/appwrite/appwrite';
import { setupAppwrite } from '../../src/modules/dtech';
import { AppwriteMirror } from '../../src/modules/dtech/mirror/appwrite-mirror';
import { type ClaimedMirror, MirrorRepository } from '../../src/modules/dtech/mirror/mirror.repository';
import { SalesProcessRepository } from '../../src/modules/dtech/processes/sales-process.repository';
import { RecordingRepository } from '../../src/modules/dtech/recordings/recording.repository';
import { saleUpdated } from '../../src/modules/dtech/sales.events';
import { systemActor } from '../../src/platform/access/actor';
import type { AppwriteSettings } from '../../src/platform/config/config';
import { newId } from '../../src/platform/time/ids';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const settings = (endpoint: string): AppwriteSettings => ({
  endpoint,
  projectId: 'project',
  apiKey: 'key-of-the-server',
  databaseId: 'miway',
  salesCollectionId: 'sales',
  recordingsCollectionId: 'recordings',
});
const quick = { pollMs: 5, longestMs: 20_000 };
const actor = systemActor('test');

describe('setting Appwrite up', () => {
  let server: AppwriteServer;
  let endpoint: string;
  beforeEach(async () => {
    server = new AppwriteServer('project', 'key-of-the-server');
    endpoint = await server.listen();
  });
  afterEach(() => server.close());

  it('makes the database, both collections, attributes and indexes; a second run changes nothing', async () => {
    const lines: string[] = [];
    await setupAppwrite(settings(endpoint), (line) => lines.push(line), quick);
    const shape = (): unknown =>
      [...(server.databases.get('miway')?.collections ?? [])].map(([id, { name, attributes, indexes }]) => ({
        id,
        name,
        attributes: [...attributes.values()].map(({ key, type, size }) =>
          [key, type, ...(size ? [size] : [])].join(' '),
        ),
        indexes: [...indexes.values()].map(({ key, type, status, attributes: on }) =>
          [key, type, status, ...(on ?? [])].join(' '),
        ),
      }));
    const made = shape();
    expect(server.databases.get('miway')?.name).toBe('MiWay Sales Database');
    expect(made).toEqual([
      {
        id: 'sales',
        name: 'Sales Processes',
        attributes: [
          'sales_process_id string 36',
          'status string 20',
          'agent_id string 36',
          'lead_name string 100',
          'lead_phone string 20',
          'created_at datetime',
          'updated_at datetime',
        ],
        indexes: ['sales_process_id_idx unique available sales_process_id', 'agent_id_idx key available agent_id'],
      },
      {
        id: 'recordings',
        name: 'Call Recordings',
        attributes: [
          'recording_id string 36',
          'sales_process_id string 36',
          'status string 20',
          'file_name string 200',
          'recorded_at datetime',
        ],
        indexes: [
          'recording_id_idx unique available recording_id',
          'sales_process_id_idx key available sales_process_id',
        ],
      },
    ]);
    expect(lines.filter((line) => line.endsWith(': made'))).toHaveLength(1 + 2 + 12 + 4);
    const again: string[] = [];
    await setupAppwrite(settings(endpoint), (line) => again.push(line), quick);
    expect(again.filter((line) => line.endsWith(': made'))).toEqual([]);
    expect(again.filter((line) => line.endsWith(': is there'))).toHaveLength(1 + 2 + 12 + 4);
    expect(shape()).toEqual(made);
  });

  it('goes on where a run broke off', async () => {
    server.faults = [{ route: '/collections/recordings/attributes/string', kind: 'close-after', times: 1 }];
    await expect(setupAppwrite(settings(endpoint), () => undefined, quick)).rejects.toThrow(
      'attribute Call Recordings.recording_id',
    );
    await setupAppwrite(settings(endpoint), () => undefined, quick);
    expect(server.databases.get('miway')?.collections.get('recordings')?.indexes.size).toBe(2);
  });

  it('names what Appwrite could not make, what takes too long, and a key that is not right', async () => {
    server.broken.add('lead_name');
    await expect(setupAppwrite(settings(endpoint), () => undefined, quick)).rejects.toThrow(
      'attribute Sales Processes.lead_name is failed (out of luck): delete it in Appwrite and run this again',
    );
    server.databases.clear();
    server.broken.clear();
    server.looks = Number.MAX_SAFE_INTEGER;
    await expect(setupAppwrite(settings(endpoint), () => undefined, { pollMs: 5, longestMs: 20 })).rejects.toThrow(
      'Sales Processes: still not available: sales_process_id',
    );
    const wrong = { ...settings(endpoint), apiKey: 'another' };
    const failure = await setupAppwrite(wrong, () => undefined, quick).catch((error: Error) => error.message);
    expect(failure).toContain('401 general_unauthorized_scope');
    expect(failure).not.toContain('another');
  });
});

describe('the mirror in Appwrite', () => {
  const server = new AppwriteServer('project', 'key-of-the-server');
  let app: TestApp;
  let env: Record<string, string>;

  beforeAll(async () => {
    const endpoint = await server.listen();
    await setupAppwrite(settings(endpoint), () => undefined, quick);
    env = {
      APPWRITE_ENDPOINT: endpoint,
      APPWRITE_PROJECT_ID: 'project',
      APPWRITE_API_KEY: 'key-of-the-server',
      APPWRITE_DATABASE_ID: 'miway',
      APPWRITE_SALES_COLLECTION_ID: 'sales',
      APPWRITE_RECORDINGS_COLLECTION_ID: 'recordings',
    };
    app = await startTestApp({ env });
  });
  afterEach(() => {
    server.faults = [];
  });
  afterAll(async () => {
    await app.close();
    await server.close();
  });

  /** A sale as a start leaves it. */
  const sale = async (known = true): Promise<{ id: string; spid: string | null }> => {
    const id = newId();
    const spid = known ? newId() : null;
    await app.database.transaction(async (tx) => {
      await tx.rows(
        `insert into sales_process (id, sales_process_id, status, agent_id, lead_name, lead_phone, account_id, campaign_code,
           lead_origin, seller, lead_details, started_by)
         values ($1, $2, $3, $4, 'Jane Smith', '(083) 555-5555', $4, 'C', 'Web', '{}', '{}', '{}')`,
        [id, spid, known ? 'in_progress' : 'unknown', newId()],
      );
      await tell(id);
      async function tell(sold: string): Promise<void> {
        const row = await app.nest.get(SalesProcessRepository).locked(tx, sold);
        if (row) await app.nest.get(SalesProcessRepository).tell(tx, actor, saleUpdated, row);
      }
    });
    return { id, spid };
  };
  const change = (id: string, sets: string): Promise<void> =>
    app.database.transaction(async (tx) => {
      const row = await tx.one<Parameters<SalesProcessRepository['tell']>[3]>(
        `update sales_process set ${sets}, updated_at = clock_timestamp() where id = $1 returning *`,
        [id],
      );
      if (row) await app.nest.get(SalesProcessRepository).tell(tx, actor, saleUpdated, row);
    });
  const recording = async (process: { id: string; spid: string | null }): Promise<string> => {
    const id = newId();
    const at = new Date('2025-06-08T10:15:00Z');
    await app.database.transaction(async (tx) => {
      const repository = app.nest.get(RecordingRepository);
      const row = await repository.insert(tx, {
        id,
        process: { id: process.id, sales_process_id: process.spid },
        source: 'two_step',
        fileName: 'recording.wav',
        start: at,
        end: at,
        contentType: 'audio/wav',
      });
      if (row) await repository.tell(tx, actor, row);
    });
    return id;
  };

  /** Times as numbers, so that two ways to write one are equal. */
  const told = (documents: Map<string, Record<string, unknown>>): unknown =>
    Object.fromEntries(
      [...documents].map(([id, data]) => [
        id,
        Object.fromEntries(
          Object.entries(data).map(([key, value]) => [
            key,
            key.endsWith('_at') ? new Date(value as string).getTime() : value,
          ]),
        ),
      ]),
    );
  const rows = async (sql: string): Promise<unknown> =>
    told(
      new Map(
        (await app.database.read.rows<Record<string, unknown> & { id: string }>(sql)).map(({ id, ...data }) => [
          id,
          data,
        ]),
      ),
    );
  const inPostgres = async (): Promise<unknown> => ({
    sales: await rows(
      `select id, coalesce(sales_process_id, id::text) as sales_process_id, status, agent_id, lead_name, lead_phone,
         created_at, updated_at from sales_process`,
    ),
    recordings: await rows(
      `select id, coalesce(recording_id, id::text) as recording_id, sales_process_id, status, file_name, recorded_at
         from sale_recording`,
    ),
  });
  const inAppwrite = (): unknown => ({
    sales: told(server.documents('miway', 'sales')),
    recordings: told(server.documents('miway', 'recordings')),
  });
  const settled = (longestMs = 30_000): Promise<unknown> =>
    waitFor(
      'nothing to be owed',
      async () => {
        const waiting = await app.database.read.one('select 1 from event where seq is null limit 1');
        const owed = await app.database.read.one(
          'select 1 from appwrite_owed where next_attempt_at is not null limit 1',
        );
        return !waiting && !owed;
      },
      longestMs,
    );

  it('holds every sale and recording as it is now; our own id stands in until the gateway has given one', async () => {
    const known = await sale();
    await sale(false);
    await recording(known);
    await settled();
    expect(Object.keys((inAppwrite() as { sales: object }).sales)).toHaveLength(2);
    expect(inAppwrite()).toEqual(await inPostgres());
    await change(known.id, `status = 'complete'`);
    await settled();
    expect(inAppwrite()).toEqual(await inPostgres());
  });

  it('waits out an Appwrite that is away for 1,000 changes, delays nobody, and is equal row by row after', async () => {
    await server.close();
    const sales: { id: string; spid: string | null }[] = [];
    for (let n = 0; n < 150; n += 1) sales.push(await sale());
    const began = Date.now();
    await Promise.all(
      Array.from({ length: 5 }, async (_, part) => {
        for (let n = part; n < 600; n += 5) {
          await change(sales[n % 150]?.id ?? '', `lead_name = 'Jane ${n}', status = 'in_progress'`);
        }
      }),
    );
    for (let n = 0; n < 250; n += 1) await recording(sales[n % 150] as { id: string; spid: string | null });
    // every event is numbered and planned while Appwrite is away
    await waitFor(
      'the relay',
      async () => !(await app.database.read.one('select 1 from event where seq is null limit 1')),
    );
    expect(Date.now() - began).toBeLessThan(120_000);
    const owed = await app.database.read.one<{ n: number; tried: number }>(
      'select count(*) as n, max(attempts) as tried from appwrite_owed where next_attempt_at is not null',
    );
    expect(owed).toEqual({ n: 400, tried: expect.any(Number) });
    await server.listen();
    server.log.length = 0;
    app.nest.get(AppwriteMirror).tryNow();
    await settled(60_000);
    expect(inAppwrite()).toEqual(await inPostgres());
    // the latest state is what is owed: not each of the thousand
    expect(server.log.length).toBeLessThanOrEqual(410);
  }, 180_000);

  it.each([
    [{ kind: 'status', value: 503 }],
    [{ kind: 'status', value: 401 }],
    [{ kind: 'close' }],
    // it was carried out: the second attempt finds the document there
    [{ kind: 'close-after' }],
  ] as const)('gets there after %j', async (fault) => {
    server.faults = [{ route: '/documents', times: 1, ...fault }];
    await sale();
    await waitFor('the fault', () => server.faults[0]?.times === 0);
    app.nest.get(AppwriteMirror).tryNow();
    await settled();
    expect(inAppwrite()).toEqual(await inPostgres());
  });

  it('keeps one refused document from the others, and makes one anew that somebody deleted', async () => {
    const [bad, good] = [await sale(), await sale()];
    await settled();
    server.documents('miway', 'sales').delete(good.id);
    server.faults = [{ route: `/documents/${bad.id}`, kind: 'status', value: 400, times: 1 }];
    await change(bad.id, `lead_name = 'Refused'`);
    await change(good.id, `lead_name = 'Made anew'`);
    await waitFor('the good one', () => server.documents('miway', 'sales').get(good.id)?.lead_name === 'Made anew');
    const owed = await waitFor('the refusal', () =>
      app.database.read.one<{ failure: string; attempts: number }>(
        'select failure, attempts from appwrite_owed where object_id = $1 and failure is not null',
        [bad.id],
      ),
    );
    expect(owed).toEqual({ failure: '400 general_unknown', attempts: 1 });
    // a further change waits its turn; then it is the latest state that goes
    await change(bad.id, `lead_name = 'Taken'`);
    await app.database.transaction((tx) =>
      tx.rows('update appwrite_owed set next_attempt_at = now() where object_id = $1', [bad.id]),
    );
    app.nest.get(AppwriteMirror).tryNow();
    await settled();
    expect(inAppwrite()).toEqual(await inPostgres());
  });

  it('finds at the start what changed while it was not set up', async () => {
    const { APPWRITE_ENDPOINT: _endpoint, ...rest } = env;
    await expect(startTestApp({ env: rest })).rejects.toThrow('APPWRITE_ENDPOINT must be set together');

    const { id } = await sale();
    await settled();
    // a change of which no event tells, as after a time without APPWRITE_
    await app.database.transaction((tx) =>
      tx.rows(`update sales_process set lead_name = 'Missed', updated_at = clock_timestamp() where id = $1`, [id]),
    );
    const second = await startTestApp({ env, databaseUrl: app.databaseUrl });
    await waitFor('the change', () => server.documents('miway', 'sales').get(id)?.lead_name === 'Missed');
    await second.close();
    await settled();
    expect(inAppwrite()).toEqual(await inPostgres());
  });
});

describe('what is owed to Appwrite', () => {
  let app: TestApp;
  let owed: MirrorRepository;
  const id = newId();
  beforeAll(async () => {
    // no APPWRITE_: nothing is planned and nobody drains, so that the claims are ours alone
    app = await startTestApp();
    owed = app.nest.get(MirrorRepository);
    await app.database.transaction(async (tx) => {
      await tx.rows(
        `insert into sales_process (id, sales_process_id, status, agent_id, lead_name, lead_phone, account_id, campaign_code,
           lead_origin, seller, lead_details, started_by)
         values ($1, 'spid', 'in_progress', $2, 'Jane Smith', '(083) 555-5555', $2, 'C', 'Web', '{}', '{}', '{}')`,
        [id, newId()],
      );
      const row = await app.nest.get(SalesProcessRepository).locked(tx, id);
      if (row) await app.nest.get(SalesProcessRepository).tell(tx, actor, saleUpdated, row);
    });
  });
  afterAll(() => app.close());

  const owe = (): Promise<void> => app.database.transaction((tx) => owed.owe(tx, 'sale', [id]));
  const row = () =>
    app.database.read.one<{ due: boolean | null; attempts: number; failure: string | null }>(
      'select next_attempt_at <= now() as due, attempts, failure from appwrite_owed where object_id = $1',
      [id],
    );
  const claim = async (): Promise<ClaimedMirror> => {
    const [one, ...others] = await owed.claim(10);
    expect(others).toEqual([]);
    return one as ClaimedMirror;
  };

  it('is nothing without APPWRITE_', async () => {
    await waitFor('the relay', async () => !(await app.database.read.one('select 1 from event where seq is null')));
    expect(await row()).toBeUndefined();
  });

  it('is claimed by one worker; a change meanwhile is owed once more', async () => {
    await owe();
    const [first, second] = await Promise.all([owed.claim(10), owed.claim(10)]);
    expect(first.length + second.length).toBe(1);
    const one = (first[0] ?? second[0]) as ClaimedMirror;
    await owe();
    expect(await owed.claim(10)).toEqual([]);
    await owed.mirrored(one);
    // the time is kept in milliseconds and may have been rounded up
    await waitFor('it to be due again', async () => (await row())?.due === true);
    await owed.mirrored(await claim());
    expect((await row())?.due).toBeNull();
  });

  it('after a lease has ended: the late worker decides nothing, and what it may have overwritten is sent again', async () => {
    await owe();
    const late = await claim();
    await app.database.transaction((tx) => tx.rows('update appwrite_owed set next_attempt_at = now()'));
    const successor = await claim();
    await owed.failed(late, 'too late', 600, true);
    await owed.mirrored(successor);
    expect(await row()).toEqual({ due: null, attempts: 0, failure: null });
    await owed.mirrored(late);
    expect((await row())?.due).toBe(true);
    await owed.mirrored(await claim());
    expect((await row())?.due).toBeNull();
  });

  it('is forgotten with its object', async () => {
    await owe();
    await app.database.transaction((tx) => tx.rows('delete from sales_process where id = $1', [id]));
    const one = await claim();
    expect(one.data).toBeUndefined();
    await owed.forget(one);
    expect(await row()).toBeUndefined();
  });
});
