// The other end of bench/webhooks.ts, a process of its own: verifies every delivery and notes when it came.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** What the bench tells this process. */
export type Order =
  { kind: 'expect'; path: string; secret: string; hangs: boolean } | { kind: 'report' } | { kind: 'forget' };

/** What this process tells the bench. */
export type Told =
  | { kind: 'listening'; port: number }
  | { kind: 'report'; latencies: Record<string, number[]>; refused: number; count: number; last: number };

const now = (): number => performance.timeOrigin + performance.now();
const tell = (told: Told): void => void process.send?.(told);

const endpoints = new Map<string, { webhook: Webhook; hangs: boolean }>();
let latencies: Record<string, number[]> = {};
let refused = 0;
let count = 0;
let last = 0;

const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const at = now();
    const path = request.url ?? '/';
    const raw = Buffer.concat(chunks).toString('utf8');
    const endpoint = endpoints.get(path);
    if (endpoint) {
      try {
        endpoint.webhook.verify(raw, request.headers as Record<string, string>);
      } catch {
        refused += 1;
      }
      if (endpoint.hangs) return;
      const { data } = JSON.parse(raw) as { data: { sent: number } };
      (latencies[path] ??= []).push(at - data.sent);
    }
    count += 1;
    last = at;
    response.writeHead(204).end();
  });
});
server.keepAliveTimeout = 60_000;

process.on('message', (order: Order) => {
  if (order.kind === 'expect') {
    endpoints.set(order.path, { webhook: new Webhook(order.secret), hangs: order.hangs });
  } else if (order.kind === 'report') tell({ kind: 'report', latencies, refused, count, last });
  else {
    latencies = {};
    count = 0;
    refused = 0;
  }
});
server.listen(0, '127.0.0.1', () => tell({ kind: 'listening', port: (server.address() as AddressInfo).port }));
