import { TicketsService } from '../../src/modules/tickets';
import { newId } from '../../src/platform/time/ids';
import { anAgent } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';

describe('ticket numbers', () => {
  let app: TestApp;
  let second: TestApp;
  const agent = anAgent();

  beforeAll(async () => {
    app = await startTestApp();
    second = await startTestApp({ databaseUrl: app.databaseUrl, dataDir: app.dataDir });
  });
  afterAll(async () => {
    await second.close();
    await app.close();
  });

  const open = async (through: TestApp, fields: Record<string, unknown> = {}): Promise<string> => {
    const { body } = await through.http
      .post('/api/tickets')
      .set('Authorization', `Bearer ${through.tokenFor(agent)}`)
      .send({ subject: 'Number me', ...fields })
      .expect(201);
    return body.ticket_id;
  };
  /** The number within its day; a run may pass midnight, so days are told apart. */
  const byDay = (codes: string[]): Map<string, number[]> => {
    const days = new Map<string, number[]>();
    for (const code of codes) {
      const [, day = '', number] = code.split('-');
      days.set(day, [...(days.get(day) ?? []), Number(number)]);
    }
    for (const numbers of days.values()) numbers.sort((a, b) => a - b);
    return days;
  };
  const lastOf = async (day: string): Promise<number> =>
    (await app.database.read.one<{ n: number }>('select last_number as n from ticket_day where day = $1::date', [day]))
      ?.n ?? 0;
  const todayPlus = (days: number): string => {
    const day = new Date();
    day.setUTCDate(day.getUTCDate() + days);
    return day.toISOString().slice(0, 10);
  };

  it('500 tickets at once through two processes have 500 consecutive numbers, though some transactions are rolled back', async () => {
    const doomed = Array.from({ length: 50 }, () =>
      app.database
        .transaction(async (tx) => {
          await app.nest.get(TicketsService).openIn(tx, agent, { subject: 'never' });
          throw new Error('rolled back');
        })
        .catch((error: Error) => error.message),
    );
    const codes = await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        open(i % 2 ? app : second, { customer_phone: `+2783555${String(1000 + (i % 50))}` }),
      ),
    );
    expect(new Set(await Promise.all(doomed))).toEqual(new Set(['rolled back']));
    expect(new Set(codes).size).toBe(500);
    for (const numbers of byDay(codes).values()) expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    const people = await app.database.read.one<{ n: number }>('select count(*)::int as n from customer');
    expect(people?.n).toBe(50);
  });

  it('has no end at 9,999, and the codes stay unique and in their order', async () => {
    await app.database.transaction((tx) =>
      tx.rows(
        `insert into ticket_day (day, last_number) select $1::date + d, 9995 from generate_series(0, 1) d
         on conflict (day) do update set last_number = 9995`,
        [todayPlus(0)],
      ),
    );
    const codes = await Promise.all(Array.from({ length: 20 }, (_, i) => open(i % 2 ? app : second)));
    for (const numbers of byDay(codes).values()) expect(numbers).toEqual(numbers.map((_, i) => 9996 + i));
    expect(codes.some((code) => /^TKT-\d{8}-9999$/.test(code))).toBe(true);
    expect(codes.some((code) => /^TKT-\d{8}-10001$/.test(code))).toBe(true);
    const [day] = [...byDay(codes).keys()];
    expect(await lastOf(`${day?.slice(0, 4)}-${day?.slice(4, 6)}-${day?.slice(6)}`)).toBe(10_015);
  });

  it('gives each UTC day its own numbers', async () => {
    await app.database.transaction((tx) =>
      tx.rows(
        `insert into ticket (id, code, status, priority, department, subject, description, created_by, search_key)
         values ($1, 'TKT-20200101-0001', 'open', 'low', 'reception', 'old', '', '{}', '')`,
        [newId()],
      ),
    );
    await expect(
      app.database.transaction((tx) =>
        tx.rows(
          `insert into ticket (id, code, status, priority, department, subject, description, created_by, search_key)
           values ($1, 'TKT-20200101-0001', 'open', 'low', 'reception', 'again', '', '{}', '')`,
          [newId()],
        ),
      ),
    ).rejects.toThrow(/ticket_code/);
  });
});
