import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * A port that nobody has, below those that systems give out by themselves: between the look and its use, or while a process
 * of ours restarts, nobody is given it.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    const probe = net.createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}
