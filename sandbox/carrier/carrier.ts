import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Exchange, type ExchangeSettings } from './exchange';
import type { Leg } from './leg';
import { scriptOf } from './numbers';
import { page } from './page';
import type { Recording } from './switchboard';

/** Something that goes wrong on demand, for so many requests. */
export interface CarrierFault {
  /** The beginning of `METHOD /rest` below the account: `POST /Calls.json`. */
  request: string;
  /** status: answers so. close: breaks off before, close-after: after doing it. slow: does it and answers late. late: does it late. */
  kind: 'status' | 'close' | 'close-after' | 'slow' | 'late';
  /** The status, or the milliseconds. */
  value?: number;
  times: number;
}

type Answer = { status: number; body: unknown; type?: string };
const rfc2822 = (at: Date | undefined): string | null => at?.toUTCString().replace('GMT', '+0000') ?? null;

/** Twilio's REST API, as far as calls need it, in front of an exchange. */
export class Carrier {
  readonly exchange: Exchange;
  faults: CarrierFault[] = [];
  /** Every request below the account, `METHOD /rest`. */
  readonly log: string[] = [];
  /** Where calls to our number are answered. */
  voiceUrl = '';
  private readonly server = http.createServer((request, response) => {
    this.handle(request, response).catch(() => response.destroy());
  });
  private port = 0;

  constructor(
    private readonly settings: ExchangeSettings,
    readonly number = '+15005550006',
  ) {
    this.exchange = new Exchange(settings);
  }

  /** Listens on loopback, on the port it had before or the one wished for, if that is free; returns its address. */
  async listen(wished = 0): Promise<string> {
    const open = (port: number): Promise<void> =>
      new Promise((resolve, reject) => {
        this.server.once('error', reject).listen(port, '127.0.0.1', () => {
          this.server.removeListener('error', reject);
          resolve();
        });
      });
    await open(this.port || wished).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE' || this.port) throw error;
      return open(0);
    });
    this.port = (this.server.address() as AddressInfo).port;
    this.exchange.base = `http://127.0.0.1:${this.port}`;
    return this.exchange.base;
  }

  /** Nobody answers any more; calls go on. */
  async stopListening(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  async close(): Promise<void> {
    await this.exchange.close();
    await this.stopListening();
  }

  /** Somebody rings our number. */
  ring(from: string, answers: { press?: string; say?: string }[] = [], hangsUpAfterMs?: number): Leg {
    return this.exchange.begin({
      to: this.number,
      from,
      direction: 'inbound',
      url: this.voiceUrl,
      statusCallback: this.voiceUrl,
      statusEvents: ['completed'],
      timeoutSeconds: 60,
      script: { hangsUp: hangsUpAfterMs },
      answers,
    });
  }

  private async handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://carrier');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const account = `/2010-04-01/Accounts/${this.settings.accountSid}`;
    if (!url.pathname.startsWith(`${account}/`)) return this.front(request, response, url, text);
    const rest = url.pathname.slice(account.length);
    const line = `${request.method} ${rest}`;
    this.log.push(line);
    const fault = this.faults.find(({ request: wanted, times }) => times > 0 && line.startsWith(wanted));
    if (fault) fault.times -= 1;
    if (fault?.kind === 'close') return void request.socket.destroy();
    if (fault?.kind === 'status') {
      return send(response, { status: fault.value ?? 500, body: failure(20500, 'sandbox fault', fault.value ?? 500) });
    }
    if (fault?.kind === 'late') await sleep(fault.value ?? 1000);
    const expected = `Basic ${Buffer.from(`${this.settings.accountSid}:${this.settings.authToken}`).toString('base64')}`;
    const answer =
      request.headers.authorization === expected
        ? this.answer(request.method ?? 'GET', rest, url.searchParams, new URLSearchParams(text))
        : { status: 401, body: failure(20003, 'Authenticate', 401) };
    if (answer === 'lost' || fault?.kind === 'close-after') return void request.socket.destroy();
    if (fault?.kind === 'slow') await sleep(fault.value ?? 1000);
    send(response, answer);
  }

  private answer(method: string, rest: string, query: URLSearchParams, form: URLSearchParams): Answer | 'lost' {
    const [, area = '', id = '', sub = '', subId = ''] = rest.replace(/\.json$/, '').split('/');
    if (area === 'Calls' && !id) return method === 'POST' ? this.create(form) : this.list(query);
    if (area === 'Calls') {
      const leg = this.exchange.legs.get(id);
      if (!leg) return missing(rest);
      if (sub === 'Recordings') return this.recording(method, subId, form);
      return method === 'POST' ? this.update(leg, form) : { status: 200, body: this.show(leg) };
    }
    if (area === 'Recordings' && id.endsWith('.wav')) {
      const media = this.exchange.recordings.get(id.slice(0, -4))?.media;
      return media ? { status: 200, body: media, type: 'audio/x-wav' } : missing(rest);
    }
    if (area === 'Conferences') return this.conference(method, id, subId, query, form);
    return missing(rest);
  }

  private create(form: URLSearchParams): Answer | 'lost' {
    const [to, from, url] = [form.get('To') ?? '', form.get('From') ?? '', form.get('Url') ?? ''];
    if (from !== this.number) return bad(21210, `'From' phone number not verified: ${from}`);
    if (!/^(\+[1-9]\d{6,14}|client:\w{1,100})$/.test(to)) return bad(21211, `Invalid 'To' Phone Number: ${to}`);
    if (!url) return bad(21205, 'Url parameter is required.');
    const script = scriptOf(to);
    if (script.request === 'refused') return bad(21214, `'To' phone number cannot be reached: ${to}`);
    if (script.request === 'lost') return 'lost';
    const leg = this.exchange.begin({
      to,
      from,
      direction: 'outbound-api',
      url,
      statusCallback: form.get('StatusCallback') ?? undefined,
      statusEvents: form.getAll('StatusCallbackEvent').length ? form.getAll('StatusCallbackEvent') : ['completed'],
      timeoutSeconds: Number(form.get('Timeout') ?? 60),
      script,
    });
    return script.request === 'answer lost' ? 'lost' : { status: 201, body: this.show(leg) };
  }

  private list(query: URLSearchParams): Answer {
    const since = Date.parse(query.get('StartTime>') ?? '') || 0;
    const calls = [...this.exchange.legs.values()]
      .filter(({ settings, began }) => {
        const fits = (name: string, value: string): boolean => !query.has(name) || query.get(name) === value;
        return fits('To', settings.to) && fits('From', settings.from) && +began >= since - 86_400_000;
      })
      .reverse()
      .slice(0, 50)
      .map((leg) => this.show(leg));
    return { status: 200, body: { calls, page: 0, page_size: 50, next_page_uri: null } };
  }

  private update(leg: Leg, form: URLSearchParams): Answer {
    const [status, url] = [form.get('Status'), form.get('Url')];
    if (leg.ended) return bad(21220, 'Call is not in-progress. Cannot redirect.');
    if (status === 'completed' || status === 'canceled') void leg.end(leg.answeredAt ? 'completed' : 'canceled');
    else if (url) {
      if (!leg.answeredAt) return bad(21220, 'Call is not in-progress. Cannot redirect.');
      leg.redirect(url);
    }
    return { status: 200, body: this.show(leg) };
  }

  private recording(method: string, id: string, form: URLSearchParams): Answer {
    const recording = this.exchange.recordings.get(id);
    if (!recording) return missing(id);
    const wanted = form.get('Status');
    if (method === 'POST' && recording.status === 'completed') return bad(21220, 'Recording is not in progress.');
    if (method === 'POST' && wanted === 'paused' && recording.status === 'in-progress') {
      recording.status = 'paused';
      recording.pausedAt = Date.now();
    }
    if (method === 'POST' && wanted === 'in-progress' && recording.pausedAt !== undefined) {
      recording.status = 'in-progress';
      recording.pausedMs += Date.now() - recording.pausedAt;
      recording.pausedAt = undefined;
    }
    return { status: 200, body: showRecording(recording, this.settings.accountSid) };
  }

  private conference(
    method: string,
    id: string,
    callSid: string,
    query: URLSearchParams,
    form: URLSearchParams,
  ): Answer {
    const account_sid = this.settings.accountSid;
    if (!id) {
      const conferences = this.exchange.conferences
        .filter(({ name, isOver }) => {
          const status = isOver ? 'completed' : 'in-progress';
          return name === (query.get('FriendlyName') ?? name) && status === (query.get('Status') ?? status);
        })
        .map(({ sid, name, isOver }) => ({
          sid,
          account_sid,
          friendly_name: name,
          status: isOver ? 'completed' : 'in-progress',
        }));
      return { status: 200, body: { conferences, page: 0, page_size: 50, next_page_uri: null } };
    }
    const conference = this.exchange.conferences.find(({ sid }) => sid === id);
    if (!conference || (conference.isOver && callSid)) return missing(id);
    const shown = [...conference.participants.values()].map(({ leg, label, muted, hold, coaching }) => ({
      account_sid,
      call_sid: leg.sid,
      conference_sid: id,
      label: label ?? null,
      muted,
      hold,
      coaching: coaching !== undefined,
      call_sid_to_coach: coaching ?? null,
      status: 'connected',
    }));
    if (!callSid) return { status: 200, body: { participants: shown, page: 0, page_size: 50, next_page_uri: null } };
    const participant = conference.participants.get(callSid);
    if (!participant) return missing(callSid);
    if (method === 'POST') {
      if (form.has('Hold')) participant.hold = form.get('Hold') === 'true';
      if (form.has('Muted')) participant.muted = form.get('Muted') === 'true';
      if (form.has('Coaching')) {
        participant.coaching = form.get('Coaching') === 'true' ? (form.get('CallSidToCoach') ?? '') : undefined;
      }
    }
    if (method === 'DELETE') conference.leave(participant.leg);
    return { status: method === 'DELETE' ? 204 : 200, body: shown.find(({ call_sid }) => call_sid === callSid) };
  }

  private show(leg: Leg): object {
    const { to, from, direction } = leg.settings;
    return {
      sid: leg.sid,
      account_sid: this.settings.accountSid,
      to,
      from,
      direction,
      status: leg.status,
      date_created: rfc2822(leg.began),
      start_time: rfc2822(leg.answeredAt),
      end_time: rfc2822(leg.endedAt),
      duration: leg.endedAt && leg.answeredAt ? String(Math.round((+leg.endedAt - +leg.answeredAt) / 1000)) : null,
    };
  }

  /** What is no part of Twilio: the page, calls from outside, faults. */
  private front(request: http.IncomingMessage, response: http.ServerResponse, url: URL, text: string): void {
    const input = (): Record<string, unknown> => (text ? (JSON.parse(text) as Record<string, unknown>) : {});
    const line = `${request.method} ${url.pathname}`;
    if (line === 'GET /')
      return send(response, { status: 200, body: Buffer.from(page()), type: 'text/html; charset=utf-8' });
    // a page of another origin may not ring
    if (request.method === 'POST' && request.headers['content-type'] !== 'application/json') {
      return send(response, { status: 415, body: { message: 'JSON, please' } });
    }
    if (line === 'GET /calls') {
      const calls = [...this.exchange.legs.values()].slice(-50).reverse();
      return send(response, {
        status: 200,
        body: { calls: calls.map((leg) => this.show(leg)), problems: this.exchange.problems },
      });
    }
    if (line === 'POST /calls') {
      const { from, press, say, hang_up_after: after } = input();
      const answers = [press, say].flatMap((given, n) =>
        typeof given === 'string' && given ? [n === 0 ? { press: given } : { say: given }] : [],
      );
      const leg = this.ring(
        String(from || '+966501234567'),
        answers,
        Number(after) > 0 ? Number(after) * 1000 : undefined,
      );
      return send(response, { status: 201, body: this.show(leg) });
    }
    const [, , sid = '', act] = url.pathname.split('/');
    const leg = this.exchange.legs.get(sid);
    if (leg && act === 'press') leg.press(String(input().digit ?? '1'));
    if (leg && act === 'hang-up') void leg.end('completed');
    if (leg && act) return send(response, { status: 200, body: this.show(leg) });
    if (line === 'POST /faults') {
      this.faults.push(input() as unknown as CarrierFault);
      return send(response, { status: 201, body: { faults: this.faults } });
    }
    send(response, missing(url.pathname));
  }
}

const failure = (code: number, message: string, status: number): object => ({
  code,
  message,
  more_info: `https://www.twilio.com/docs/errors/${code}`,
  status,
});
const bad = (code: number, message: string): Answer => ({ status: 400, body: failure(code, message, 400) });
const missing = (what: string): Answer => ({
  status: 404,
  body: failure(20404, `The requested resource ${what} was not found`, 404),
});

const showRecording = (recording: Recording, account_sid: string): object => ({
  sid: recording.sid,
  account_sid,
  call_sid: recording.callSid,
  status: recording.status,
  duration: String(recording.duration),
  channels: 1,
});

function send(response: http.ServerResponse, { status, body, type }: Answer): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body ?? {}));
  response.writeHead(status, { 'content-type': type ?? 'application/json', 'content-length': bytes.length });
  response.end(status === 204 ? undefined : bytes);
}
