import net from 'node:net';
import type { AddressInfo } from 'node:net';

/** A wire between us and a server that can be cut, or left hanging as a firewall does that has forgotten a connection. */
export interface TcpProxy {
  port: number;
  /** How many connections were made through it. */
  made(): number;
  /** Connections made until now carry nothing any more, and neither end is told. */
  freeze(): void;
  close(): Promise<void>;
}

export async function tcpProxy(host: string, port: number): Promise<TcpProxy> {
  const pairs: { sockets: [net.Socket, net.Socket]; frozen: boolean }[] = [];
  const server = net.createServer((near) => {
    const far = net.connect(port, host);
    const pair = { sockets: [near, far] as [net.Socket, net.Socket], frozen: false };
    pairs.push(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (chunk) => void (pair.frozen || to.write(chunk)));
      from.on('close', () => void (pair.frozen || to.destroy()));
      from.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    made: () => pairs.length,
    freeze: () => pairs.forEach((pair) => (pair.frozen = true)),
    close: async () => {
      for (const { sockets } of pairs) sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
