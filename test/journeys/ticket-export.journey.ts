import http from 'node:http';
import { TicketsQueries } from '../../src/modules/tickets';
import { aKey } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

const ROWS = 8_000;
const DESCRIPTION = 8_000;
/** What the sockets of both ends and the streams between them may hold at the very most. */
const BUFFERED_PAGES = 8;

describe('a large export', () => {
  let app: TestApp;
  let pages: jest.SpyInstance;

  beforeAll(async () => {
    app = await startTestApp();
    await app.database.transaction((tx) =>
      tx.rows(
        `insert into ticket (id, code, status, priority, department, subject, description, created_by, search_key, created_at)
         select gen_random_uuid(), 'TKT-20200101-' || lpad(i::text, 4, '0'), 'open', 'low', 'reception', 'old',
                repeat('x', $2), '{}', '', now() - i * interval '1 second'
           from generate_series(1, $1::int) i`,
        [ROWS, DESCRIPTION],
      ),
    );
    pages = jest.spyOn(app.nest.get(TicketsQueries), 'page');
  });
  beforeEach(() => pages.mockClear());
  afterAll(() => app.close());

  const download = (): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${app.tokenFor(aKey('tickets:read'))}` };
      http.get(`${app.url}/api/tickets/export.csv`, { headers, agent: false }, resolve).on('error', reject);
    });

  /** Resolves once no page has been read for a while. */
  const quiet = async (): Promise<void> => {
    let [last, same] = [-1, 0];
    await waitFor('reading to stop', () => {
      same = pages.mock.calls.length === last ? same + 1 : 0;
      last = pages.mock.calls.length;
      return same > 20;
    });
  };

  it('reads no further than its client takes, and in the end has written every ticket once', async () => {
    const response = await download();
    await quiet();
    expect(pages.mock.calls.length).toBeLessThan(BUFFERED_PAGES);
    const codes = new Set<string>();
    let rest = '';
    for await (const chunk of response) {
      rest += String(chunk);
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) codes.add(line.slice(0, line.indexOf(',')));
    }
    // and the line of the names
    expect(codes.size).toBe(ROWS + 1);
    expect(pages.mock.calls.length).toBeGreaterThanOrEqual(ROWS / 500);
  });

  it('stops reading when its client goes away', async () => {
    const response = await download();
    response.destroy();
    await quiet();
    expect(pages.mock.calls.length).toBeLessThan(BUFFERED_PAGES);
    const { body } = await app.http.get('/health').expect(200);
    expect(body).toBeDefined();
  });
});
