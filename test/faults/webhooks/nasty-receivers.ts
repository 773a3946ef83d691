import http, { type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** How an endpoint of the fault run behaves. */
export type Manner = 'healthy' | 'nasty' | 'ordered' | 'outages' | 'leaves';

/** One endpoint and what it took. */
export interface Endpoint {
  name: string;
  manner: Manner;
  event: string;
  url: string;
  code: string;
  secret: string;
  /** How often each id was accepted (answered with 2xx in time). */
  accepted: Map<string, number>;
  requests: number;
  badSignatures: number;
  /** Ids of one object in the order in which they were accepted, for the ordered one. */
  order: { aggregate: string; seq: number }[];
  down: boolean;
  goneAt: number | undefined;
}

/** Other people's servers, good and bad, in this process; each endpoint is a path. */
export class NastyReceivers {
  readonly endpoints: Endpoint[] = [];
  readonly answers: Record<string, number> = {};
  private readonly server = http.createServer((request, response) => void this.take(request, response));

  constructor(private readonly random: () => number) {}

  async start(): Promise<void> {
    this.server.keepAliveTimeout = 30_000;
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  add(name: string, manner: Manner, event: string): Endpoint {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/${name}`;
    const endpoint: Endpoint = {
      name,
      manner,
      event,
      url,
      code: '',
      secret: '',
      accepted: new Map(),
      requests: 0,
      badSignatures: 0,
      order: [],
      down: false,
      goneAt: undefined,
    };
    this.endpoints.push(endpoint);
    return endpoint;
  }

  private async take(request: http.IncomingMessage, response: ServerResponse): Promise<void> {
    const endpoint = this.endpoints.find((one) => request.url === `/${one.name}`);
    if (!endpoint) return void response.writeHead(404).end();
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      // the sender was killed in the middle of its request
      return;
    }
    endpoint.requests += 1;
    const raw = Buffer.concat(chunks).toString('utf8');
    try {
      new Webhook(endpoint.secret).verify(raw, request.headers as Record<string, string>);
    } catch {
      endpoint.badSignatures += 1;
    }
    const body = JSON.parse(raw) as { id: string; seq: number; data: { object?: string } };
    const accept = (): void => {
      if (response.destroyed) return;
      response.writeHead(204).end();
      this.count('2xx');
      endpoint.accepted.set(body.id, (endpoint.accepted.get(body.id) ?? 0) + 1);
      if (body.data.object) endpoint.order.push({ aggregate: body.data.object, seq: body.seq });
    };
    if (endpoint.down) return (this.count('outage'), void request.socket.resetAndDestroy());
    if (endpoint.goneAt !== undefined) return (this.count('410'), void response.writeHead(410).end());
    if (endpoint.manner === 'healthy' || endpoint.manner === 'outages' || endpoint.manner === 'leaves') return accept();
    this.misbehave(request, response, accept);
  }

  private misbehave(request: http.IncomingMessage, response: ServerResponse, accept: () => void): void {
    const dice = this.random();
    if (dice < 0.05) return (this.count('500'), void response.writeHead(500).end('broken'));
    if (dice < 0.06) return (this.count('429'), void response.writeHead(429, { 'retry-after': '1' }).end());
    if (dice < 0.07) return (this.count('503'), void response.writeHead(503, { 'retry-after': '1' }).end());
    if (dice < 0.09) return (this.count('reset'), void request.socket.resetAndDestroy());
    if (dice < 0.1) return (this.count('302'), void response.writeHead(302, { location: '/elsewhere' }).end());
    // never answers at all
    if (dice < 0.103) return this.count('hang');
    if (dice < 0.106) {
      // answers by drops, for longer than anybody waits
      this.count('slow body');
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 500);
      response.on('close', () => clearInterval(drip));
      return;
    }
    if (dice < 0.15) return (this.count('late'), void setTimeout(accept, 200 + dice * 4000));
    return accept();
  }

  private count(what: string): void {
    this.answers[what] = (this.answers[what] ?? 0) + 1;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
