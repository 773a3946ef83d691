import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A delivery as a receiver gets it. */
export interface Received {
  id: string;
  at: number;
  path: string;
  headers: IncomingMessage['headers'];
  raw: string;
  body: {
    event: string;
    type: string;
    id: string;
    seq: number;
    timestamp: string;
    test?: boolean;
    data: Record<string, never>;
  };
  /** What the official library said to the signature; undefined when no secret was given for the path. */
  verified: boolean | undefined;
}

type Behave = (received: Received, response: ServerResponse, request: IncomingMessage) => void;

/** Somebody else's server: takes deliveries at any path, verifies them, and behaves as it is told. */
export class Receiver {
  readonly received: Received[] = [];
  /** What it answers; 204 unless told otherwise. */
  behave: Behave = (_received, response) => void response.writeHead(204).end();
  private readonly secrets = new Map<string, string>();
  private readonly server = http.createServer((request, response) => void this.take(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = '/hook'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Verifies what comes to this path with this secret. */
  expect(path: string, secret: string): void {
    this.secrets.set(path, secret);
  }

  /** What came to a path. */
  at(path: string): Received[] {
    return this.received.filter((one) => one.path === path);
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '/';
    const received: Received = {
      id: String(request.headers['webhook-id']),
      at: Date.now(),
      path,
      headers: request.headers,
      raw,
      body: JSON.parse(raw) as Received['body'],
      verified: this.verify(path, raw, request.headers),
    };
    this.received.push(received);
    this.behave(received, response, request);
  }

  private verify(path: string, raw: string, headers: IncomingMessage['headers']): boolean | undefined {
    const secret = this.secrets.get(path);
    if (secret === undefined) return undefined;
    try {
      new Webhook(secret).verify(raw, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
