import type { Carrier } from '../../sandbox/carrier/carrier';
import { durations, type Interval } from '../../src/modules/calls/call-intervals';
import { anAdmin, aUser } from '../support/actors';
import { caller, type FloorAgent, hire, statusOf } from '../support/call-floor';
import { startWithCarrier } from '../support/carrier';
import type { TestApp } from '../support/test-app';
import { waitFor } from '../support/wait-for';

describe('a caller and the telephone company', () => {
  let app: TestApp;
  let carrier: Carrier;
  let admin: ReturnType<typeof caller>;
  let sara: FloorAgent;
  let omar: FloorAgent;

  beforeAll(async () => {
    ({ app, carrier } = await startWithCarrier());
    admin = caller(app, app.tokenFor(anAdmin()));
    sara = await hire(app, 'AGT-701', { departments: ['sales'] });
    omar = await hire(app, 'AGT-702', { departments: ['complaints'] });
  });
  afterEach(() => expect(carrier.exchange.problems).toEqual([]));
  afterAll(async () => {
    await carrier.close();
    await app.close();
  });

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into
  const callOf = (sid: string): Promise<any> =>
    waitFor('the call', async () => {
      const { calls } = await admin.get('/api/calls?status=all');
      return calls.find((call: { provider_call_sid: string }) => call.provider_call_sid === sid);
    });
  const becomes = (sid: string, status: string) =>
    waitFor(`the call to be ${status}`, async () => {
      const call = await callOf(sid);
      return call.status === status && call;
    });
  const inConference = (id: string, people: number) =>
    waitFor(`${people} to hear each other`, () => {
      const room = carrier.exchange.conferences.find(({ name, isOver }) => name === id && !isOver);
      return Promise.resolve(room?.participants.size === people && room);
    });

  it('go from the greeting through queue, offer, hold and warm transfer to the recording', async () => {
    const leg = carrier.ring('+966501234567', [{ press: '2' }]);
    const waiting = await becomes(leg.sid, 'ringing');
    expect(waiting).toMatchObject({
      direction: 'inbound',
      department: 'sales',
      phone_number: '+966501234567',
      metadata: { language: 'ar' },
    });
    const id = waiting.call_id as string;
    const desk = caller(app, sara.token);
    await desk.post(`/api/calls/${id}/accept`);
    await becomes(leg.sid, 'in_progress');
    const room = await inConference(id, 2);
    await waitFor('something to be said', async () => (await admin.get(`/api/transcripts/${id}`)).count >= 3);
    await desk.post(`/api/calls/${id}/recording/pause`);
    const recordings = [...carrier.exchange.recordings.values()];
    await waitFor('the pause', () => Promise.resolve(recordings[0]?.status === 'paused'));
    await desk.post(`/api/calls/${id}/recording/resume`);
    await waitFor('the going on', () => Promise.resolve(recordings[0]?.status === 'in-progress'));

    await desk.post(`/api/calls/${id}/hold`);
    await waitFor('the music', () => Promise.resolve(room.participants.get(leg.sid)?.hold));
    await desk.post(`/api/calls/${id}/resume`);
    await waitFor('the end of the music', () => Promise.resolve(room.participants.get(leg.sid)?.hold === false));

    await desk.post(`/api/calls/${id}/transfer/consult?agent_id=AGT-702`);
    const colleague = caller(app, omar.token);
    await colleague.post(`/api/calls/${id}/accept`);
    await inConference(id, 3);
    await waitFor('the caller to hear music', () => Promise.resolve(room.participants.get(leg.sid)?.hold === true));
    await desk.post(`/api/calls/${id}/transfer/complete`);
    await inConference(id, 2);
    await waitFor('the caller to be heard', () => Promise.resolve(room.participants.get(leg.sid)?.hold === false));
    expect([...room.participants.values()].map(({ label }) => label).sort()).toEqual(['AGT_702', 'caller']);
    await waitFor('the first agent to be free', async () => (await statusOf(app, sara)) === 'available');

    await leg.end('completed');
    const ended = await becomes(leg.sid, 'completed');
    expect(ended.assigned_agent_id).toBe('AGT-702');
    const history = await admin.get(`/api/calls/${id}/events`);
    const parts = (history.intervals as { kind: string; started_at: string; ended_at: string; agent_id: string }[])
      .filter(({ kind }) => kind !== 'wrap_up')
      .map((part) => ({ ...part, start: new Date(part.started_at), end: new Date(part.ended_at), agentId: null }));
    expect([...new Set(parts.map(({ kind }) => kind))].sort()).toEqual(['hold', 'queue', 'ring', 'setup', 'talk']);
    // no moment of the call is missing, and none counts twice
    parts.slice(1).forEach((part, n) => expect(part.started_at).toBe(parts[n]?.ended_at));
    const sums = durations(parts as Interval[], new Date(ended.ended_at));
    expect(ended).toMatchObject({
      queue_time_seconds: sums.queue,
      ring_time_seconds: sums.ring,
      talk_time_seconds: sums.talk,
      hold_time_seconds: sums.hold,
      total_duration_seconds: sums.setup + sums.queue + sums.ring + sums.talk + sums.hold,
    });
    await waitFor('the wrap-up to end', async () => (await statusOf(app, omar)) === 'available');

    const recording = await waitFor('the recording', async () => {
      const { recordings: list } = await admin.get(`/api/calls/${id}/recordings`);
      return list[0]?.status === 'available' && list[0];
    });
    const transcript = await admin.get(`/api/transcripts/${id}`);
    expect(transcript).toMatchObject({ closed: true });
    expect(transcript.messages.slice(0, 2).map((m: { speaker: string }) => m.speaker)).toEqual(['agent', 'customer']);
    await caller(app, sara.token).post(`/api/transcripts/${id}/messages`, { speaker: 'agent', content: 'late' }, 409);

    const whole = await app.http.get(`/api/calls/${id}/recording`).set('Authorization', `Bearer ${omar.token}`);
    expect([whole.status, whole.headers['content-type'], Number(whole.headers['content-length'])]).toEqual([
      200,
      'audio/wav',
      recording.size,
    ]);
    expect((whole.body as Buffer).subarray(0, 4).toString()).toBe('RIFF');
    const part = await app.http
      .get(`/api/calls/${id}/recording`)
      .set('Authorization', `Bearer ${omar.token}`)
      .set('Range', 'bytes=8-11');
    expect([part.status, part.headers['content-range'], (part.body as Buffer).toString()]).toEqual([
      206,
      `bytes 8-11/${recording.size}`,
      'WAVE',
    ]);
    const beyond = await app.http
      .get(`/api/calls/${id}/recording`)
      .set('Authorization', `Bearer ${omar.token}`)
      .set('Range', 'bytes=999999999-');
    expect([beyond.status, beyond.body.size]).toEqual([416, recording.size]);
    await caller(app, app.tokenFor(aUser())).get(`/api/calls/${id}/recording`, 404);
    const listens = await app.database.read.rows<{ actor: { agent: string } }>(
      `select actor from audit_entry where action = 'recording.heard' and object = $1`,
      [`call:${id}`],
    );
    expect(listens.map(({ actor }) => actor.agent)).toEqual(['AGT-702', 'AGT-702']);

    const told = await waitFor('the events', async () => {
      const events = await app.database.read.rows<{ name: string; data: object }>(
        `select name, data from event where data->>'call_id' = $1 and seq is not null order by seq`,
        [id],
      );
      return events.some(({ name }) => name === 'call.recording.available') && events;
    });
    const names = told.map(({ name }) => name);
    for (const name of ['call.started', 'call.routed', 'call.transferred', 'call.ended', 'call.transcript.available']) {
      expect(names.filter((one) => one === name)).toHaveLength(1);
    }
    const available = told.find(({ name }) => name === 'call.recording.available');
    expect(available?.data).toMatchObject({ recording: { size: recording.size, content_type: 'audio/wav' } });
    expect(JSON.stringify(available)).not.toContain('storage');
    expect(JSON.stringify(available)).not.toContain('.wav');
  });
});
