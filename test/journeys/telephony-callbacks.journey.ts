import { Poster, type Sent, signatureOf } from '../../sandbox/carrier/poster';
import { CallsService } from '../../src/modules/calls';
import { systemActor } from '../../src/platform/access/actor';
import { hire } from '../support/call-floor';
import { AUTH_TOKEN, PUBLIC, startWithCarrier } from '../support/carrier';
import type { Carrier } from '../../sandbox/carrier/carrier';
import type { TestApp } from '../support/test-app';

const WEBHOOK = `${PUBLIC}/api/calls/twilio-webhook/`;
/** How many streams of callbacks are shuffled: STREAMS=1000 for the whole measure. */
const STREAMS = Number(process.env.STREAMS ?? 60);
const hex = (n: number): string => n.toString(16).padStart(32, '0');

describe('what the carrier tells', () => {
  let app: TestApp;
  let carrier: Carrier;
  let poster: Poster;
  let agentId: string;

  beforeAll(async () => {
    ({ app, carrier } = await startWithCarrier());
    poster = new Poster(AUTH_TOKEN, (url) => url.replace(/^https:\/\/calls\.example\.com(:443)?/, app.url));
    agentId = (await hire(app, 'AGT-741')).id;
  });
  afterAll(async () => {
    await poster.close();
    await carrier.close();
    await app.close();
  });

  const rings = (sid: string, more: Record<string, string> = {}): Record<string, string> => ({
    AccountSid: `AC${'1'.repeat(32)}`,
    CallSid: sid,
    CallStatus: 'ringing',
    Direction: 'inbound',
    From: '+441632960099',
    To: carrier.number,
    ...more,
  });
  const count = async (sql: string, params: unknown[] = []): Promise<number> =>
    (await app.database.read.one<{ n: number }>(`select count(*)::int as n from (${sql}) rows`, params))?.n ?? 0;

  it('is answered with XML, and a question asked again, even twenty times at once, with the same words', async () => {
    const fields = rings(`CA${hex(1)}`);
    const asked = await Promise.all(Array.from({ length: 20 }, () => poster.post(WEBHOOK, fields)));
    expect(new Set(asked.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(asked.map(({ answer }) => answer)).size).toBe(1);
    expect(asked[0]?.answer).toContain('<Gather');
    expect(await count('select 1 from call where provider_call_sid = $1', [fields.CallSid])).toBe(1);
    const menu = `${PUBLIC}/api/calls/voice/menu?lang=en&attempt=0`;
    const chosen = { ...fields, CallStatus: 'in-progress', Digits: '2' };
    const [first, second] = [await poster.post(menu, chosen), await poster.post(menu, chosen)];
    expect(first.answer).toContain('<Enqueue');
    expect(second.answer).toBe(first.answer);
    expect(
      await count(`select 1 from call_change c join call on call.id = c.call_id where c.kind = 'queued'
                     and provider_call_sid = $1`, [fields.CallSid]), // prettier-ignore
    ).toBe(1);
    const response = await app.http
      .post('/api/calls/twilio-webhook/')
      .type('form')
      .set('X-Twilio-Signature', signatureOf(AUTH_TOKEN, WEBHOOK, fields))
      .send(new URLSearchParams(fields).toString());
    expect([response.status, response.headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
  });

  it('is believed with the port in the address or without, as a form or as JSON, and not otherwise', async () => {
    const sid = `CA${hex(2)}`;
    const withPort = WEBHOOK.replace('.com', '.com:443');
    expect((await poster.post(withPort, rings(sid))).status).toBe(200);
    const told = {
      ...rings(sid),
      CallStatus: 'completed',
      CallbackSource: 'call-progress-events',
      SequenceNumber: '4',
    };
    expect((await poster.postJson(WEBHOOK, told)).status).toBe(200);
    expect(await count(`select 1 from call where provider_call_sid = $1 and status = 'completed'`, [sid])).toBe(1);

    const before = await count('select 1 from inbox_message');
    const form = new URLSearchParams(rings(`CA${hex(3)}`)).toString();
    const send = (
      body: string,
      signature: string | undefined,
      path = '/api/calls/twilio-webhook/',
    ): Promise<number> => {
      const request = app.http.post(path).type('form');
      return (signature ? request.set('X-Twilio-Signature', signature) : request)
        .send(body)
        .then(({ status }) => status);
    };
    const right = signatureOf(AUTH_TOKEN, WEBHOOK, rings(`CA${hex(3)}`));
    expect(await send(form, undefined)).toBe(403);
    expect(await send(form, signatureOf('another-token-of-16', WEBHOOK, rings(`CA${hex(3)}`)))).toBe(403);
    expect(await send(form, right, '/api/calls/twilio-webhook')).toBe(403);
    expect(await send(form, right, '/api/calls/twilio-webhook/?x=1')).toBe(403);
    // bytes here and there; every byte is changed in the pure test beside the rule
    for (let at = 0; at < form.length; at += 7) {
      const changed = form.slice(0, at) + (form[at] === '1' ? '2' : '1') + form.slice(at + 1);
      expect([at, await send(changed, right)]).toEqual([at, 403]);
    }
    expect(await count('select 1 from inbox_message')).toBe(before);
    expect(await send(form, right)).toBe(200);
  });

  it('costs an address that signs wrongly, and nobody else', async () => {
    const limited = await startWithCarrier({ RATE_LIMIT_SCALE: '1' });
    const signer = new Poster(AUTH_TOKEN, (url) => url.replace(PUBLIC, limited.app.url));
    try {
      const forge = () => limited.app.http.post('/api/calls/twilio-webhook/').type('form').send('CallSid=CA1');
      const statuses: number[] = [];
      for (let n = 0; n < 62; n += 1) statuses.push((await forge()).status);
      expect(statuses.filter((status) => status === 403)).toHaveLength(60);
      expect(statuses.slice(60)).toEqual([429, 429]);
      expect((await signer.post(WEBHOOK, rings(`CA${hex(4)}`))).status).toBe(200);
    } finally {
      await signer.close();
      await limited.carrier.close();
      await limited.app.close();
    }
  });

  it('is written down in the order in which it was said, whatever the order in which it comes', async () => {
    const sid = `CA${hex(5)}`;
    await poster.post(WEBHOOK, rings(sid));
    const say = (sequence: number, words: string | undefined): Promise<Sent> =>
      poster.post(`${PUBLIC}/api/calls/voice/transcription`, {
        CallSid: sid,
        TranscriptionSid: `GT${hex(5)}`,
        SequenceId: String(sequence),
        TranscriptionEvent: words === undefined ? 'transcription-started' : 'transcription-content',
        ...(words === undefined
          ? {}
          : {
              Final: words.startsWith('partial') ? 'false' : 'true',
              Track: sequence % 2 ? 'inbound_track' : 'outbound_track',
              LanguageCode: 'en-GB',
              TranscriptionData: JSON.stringify({ transcript: words, confidence: 0.9 }),
            }),
      });
    for (const [sequence, words] of [
      [4, 'four'],
      [2, 'two'],
      [2, 'two'],
      [1, undefined],
      [3, 'partial three'],
      [6, 'six'],
      [8, 'eight'],
    ] as const) {
      expect((await say(sequence, words)).status).toBe(200);
    }
    const words = async (): Promise<string[]> =>
      (
        await app.database.read.rows<{ line: string }>(
          `select speaker || ': ' || content as line from transcript_message m join call c on c.id = m.call_id
            where c.provider_call_sid = $1 order by sequence`,
          [sid],
        )
      ).map(({ line }) => line);
    expect(await words()).toEqual(['agent: two', 'agent: four']);
    await say(5, 'five');
    expect(await words()).toEqual(['agent: two', 'agent: four', 'customer: five', 'agent: six']);
    // what is missing is not waited for when the call is over
    const over = {
      ...rings(sid),
      CallStatus: 'completed',
      CallbackSource: 'call-progress-events',
      SequenceNumber: '9',
    };
    await poster.post(WEBHOOK, over);
    expect((await words()).at(-1)).toBe('agent: eight');
  });

  it(`comes to the same, shuffled and doubled ${STREAMS} times`, async () => {
    const calls = app.nest.get(CallsService);
    const actor = systemActor('test');
    const start = Date.now() - 600_000;
    const at = (seconds: number): string => new Date(start + seconds * 1000).toUTCString().replace('GMT', '+0000');
    const kinds: Record<string, [status: string, second: number][]> = {
      talked: [['initiated', 0], ['ringing', 2], ['in-progress', 6], ['completed', 66]], // prettier-ignore
      busy: [['initiated', 0], ['busy', 3]], // prettier-ignore
      unanswered: [['initiated', 0], ['ringing', 2], ['no-answer', 40]], // prettier-ignore
      failed: [['initiated', 0], ['failed', 1]], // prettier-ignore
    };
    let random = 7;
    const next = (below: number): number => {
      random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((random / 2 ** 31) * below);
    };
    const shuffled = <T>(items: T[]): T[] => {
      const result = [...items];
      for (let n = result.length - 1; n > 0; n -= 1) {
        const other = next(n + 1);
        [result[n], result[other]] = [result[other] as T, result[n] as T];
      }
      return result;
    };

    const play = async (n: number, kind: string, isShuffled: boolean): Promise<string> => {
      const sid = `CA${hex(1000 + n)}`;
      const id = await app.database.transaction(async (tx) => {
        const { row } = await calls.record(
          tx,
          actor,
          { direction: 'outbound', phone_number: '+441632960777', provider_call_sid: sid },
          'dialled',
          { is_carried: true },
        );
        await tx.rows(`update call set assigned_agent_id = $2, started_at = $3, changed_at = $3 where id = $1`, [
          row.id,
          agentId,
          new Date(start),
        ]);
        await tx.rows('update call_interval set started_at = $2 where call_id = $1', [row.id, new Date(start)]);
        return row.id;
      });
      const recording = (
        await app.database.transaction((tx) =>
          tx.rows<{ id: string }>(
            `insert into call_recording (id, call_id, kind, state) values (gen_random_uuid(), $1, 'call', 'pending') returning id`,
            [id],
          ),
        )
      )[0]?.id;
      const told: [url: string, fields: Record<string, string>][] = (kinds[kind] ?? []).map(
        ([status, second], sequence) => [
          WEBHOOK,
          {
            ...rings(sid, { Direction: 'outbound-api' }),
            CallStatus: status,
            CallbackSource: 'call-progress-events',
            SequenceNumber: String(sequence),
            Timestamp: at(second),
          },
        ],
      );
      for (const status of kind === 'talked' ? ['in-progress', 'completed'] : ['absent']) {
        told.push([
          `${PUBLIC}/api/calls/voice/recording?recording=${recording}`,
          { CallSid: sid, RecordingSid: `RE${hex(n)}`, RecordingStatus: status, RecordingDuration: '60' },
        ]);
      }
      const arriving = isShuffled ? shuffled([...told, ...told.filter(() => next(2) === 0)]) : told;
      for (const [url, fields] of arriving) expect((await poster.post(url, fields)).status).toBe(200);
      const row = await app.database.read.one<Record<string, unknown>>(
        `select c.status, c.answered_at, c.ended_at is not null as ended, c.ring_time_seconds, c.talk_time_seconds,
                c.carrier_facts::text as facts, r.provider_sid is not null as recorded, r.duration_seconds,
                case when r.state in ('processing', 'failed') and r.error is distinct from 'carrier: absent'
                  then 'processing' else r.state end as recording,
                (select count(*)::int from event e where e.name = 'call.ended' and e.aggregate = 'call:' || c.id) as endings,
                (select count(*)::int from call_change h where h.call_id = c.id
                    and h.from_status in ('completed', 'busy', 'no_answer', 'failed') and h.to_status <> h.from_status) as back
           from call c join call_recording r on r.call_id = c.id where c.id = $1`,
        [id],
      );
      return JSON.stringify(row);
    };

    const expected = new Map<string, string>();
    let n = 0;
    for (const kind of Object.keys(kinds)) expected.set(kind, await play((n += 1), kind, false));
    expect(JSON.parse(expected.get('talked') ?? '')).toMatchObject({
      status: 'completed',
      ring_time_seconds: 4,
      talk_time_seconds: 60,
      endings: 1,
      back: 0,
      recording: 'processing',
    });
    const different: string[] = [];
    const names = Object.keys(kinds);
    const work = async (): Promise<void> => {
      while (n < STREAMS + names.length) {
        n += 1;
        const kind = names[n % names.length] ?? '';
        const came = await play(n, kind, true);
        if (came !== expected.get(kind)) different.push(`${kind}: ${came}, not ${expected.get(kind)}`);
      }
    };
    await Promise.all([work(), work(), work(), work()]);
    expect(different).toEqual([]);
    expect(await count(`select 1 from inbox_message where state <> 'done'`)).toBe(0);
  }, 600_000);
});
