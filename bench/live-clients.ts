// The clients of live-fanout, in a process of their own: connects them and reports when each event had reached all.
import { io } from 'socket.io-client';
import WebSocket from 'ws';

interface Order {
  url: string;
  socketIo: string[];
  plain: string[];
}

const tell = (message: object): void => void process.send?.(message);
const now = (): number => performance.timeOrigin + performance.now();
const arrivals = new Map<number, number[]>();
let expected = 0;

function arrived(seq: number): void {
  const times = arrivals.get(seq) ?? [];
  times.push(now());
  arrivals.set(seq, times);
  if (times.length < expected) return;
  arrivals.delete(seq);
  times.sort((a, b) => a - b);
  tell({ kind: 'reached', seq, median: times[times.length >> 1], last: times.at(-1) });
}

const socketIoClient = (url: string, token: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
    socket.on('event', (message: { seq: number; type: string }) => {
      if (message.type === 'connection:established') resolve();
      else arrived(message.seq);
    });
    socket.on('connect_error', reject);
    socket.on('disconnect', (reason) => tell({ kind: 'lost', reason }));
  });

const plainClient = (url: string, token: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/updates?token=${token}`, {
      perMessageDeflate: false,
    });
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as { seq: number; type: string };
      if (message.type === 'connection:established') resolve();
      else arrived(message.seq);
    });
    socket.on('error', reject);
    socket.on('close', (code) => tell({ kind: 'lost', reason: code }));
  });

process.on('message', (order: Order) => {
  void (async () => {
    expected = order.socketIo.length + order.plain.length;
    const began = now();
    const connects = [
      ...order.socketIo.map((token) => () => socketIoClient(order.url, token)),
      ...order.plain.map((token) => () => plainClient(order.url, token)),
    ];
    while (connects.length > 0) await Promise.all(connects.splice(0, 50).map((connect) => connect()));
    tell({ kind: 'connected', ms: now() - began });
  })().catch((error: Error) => tell({ kind: 'failed', reason: error.message }));
});
process.on('disconnect', () => process.exit(0));
