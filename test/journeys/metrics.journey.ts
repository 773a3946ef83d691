import { anAdmin, aKey, anAgent } from '../support/actors';
import { startTestApp, type TestApp } from '../support/test-app';

const TOKEN = 'scrape-0123456789-abcdefghij';

describe('/metrics', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ env: { METRICS_TOKEN: TOKEN } });
  });
  afterAll(() => app.close());

  const scrape = (token?: string) => {
    const call = app.http.get('/metrics');
    return token ? call.set('Authorization', `Bearer ${token}`) : call;
  };

  it('opens to the scraper and to admins, to nobody else', async () => {
    await scrape().expect(401);
    await scrape(`${TOKEN}x`).expect(401);
    await scrape(app.tokenFor(anAgent())).expect(403);
    await scrape(app.tokenFor(aKey('*'))).expect(403);
    await scrape(app.tokenFor(anAdmin())).expect(200);
    const { headers } = await scrape(TOKEN).expect(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it('tells requests by route pattern, the relay, and the process', async () => {
    await app.http.get('/health/ready').expect(200);
    await app.http.get('/no/such/thing').expect(404);
    const { text } = await scrape(TOKEN).expect(200);
    expect(text).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/health\/ready",status="200"\} \d+/,
    );
    expect(text).toMatch(/http_request_duration_seconds_count\{method="GET",route="none",status="404"\} \d+/);
    expect(text).not.toContain('no/such');
    for (const name of ['event_relay_waiting_events', 'event_relay_lag_seconds', 'event_relay_parked_events']) {
      expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'));
    }
    expect(text).toContain('process_resident_memory_bytes');
  });
});
