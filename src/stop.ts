import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http';
import net from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** What a container runtime usually grants is 30 s; longer requests than this are cut. */
const DRAIN_MS = 20_000;
/** How long no request may have come on the connections that are still open before they are closed. */
const QUIET_MS = 100;
const FORCE_MS = 28_000;

/** Lets the requests that have been taken finish, while taking no new connections. */
export class Drain {
  private readonly unanswered = new Set<ServerResponse>();
  private draining = false;
  private lastRequestAt = 0;

  constructor(private readonly server: HttpServer) {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      // a poll of Socket.IO is open for as long as there is nothing to tell: it is closed with the live connections
      if (request.url?.startsWith('/socket.io')) return;
      this.lastRequestAt = Date.now();
      if (this.draining) response.setHeader('Connection', 'close');
      this.unanswered.add(response);
      response.once('close', () => this.unanswered.delete(response));
    });
  }

  /**
   * Stops listening and resolves when every request has been answered. Connections are not closed under a client that
   * may be writing its next request: that one is still answered, with `Connection: close`, and only connections that
   * have been quiet are closed by us.
   */
  async finish(limitMs = DRAIN_MS): Promise<void> {
    this.draining = true;
    // http's own close() would close idle connections at once
    net.Server.prototype.close.call(this.server);
    for (const response of this.unanswered) if (!response.headersSent) response.setHeader('Connection', 'close');
    const began = Date.now();
    while (Date.now() - began < limitMs) {
      const quietFor = Date.now() - Math.max(this.lastRequestAt, began);
      if (this.unanswered.size === 0 && quietFor >= QUIET_MS) break;
      await wait(10);
    }
    this.server.closeIdleConnections();
  }
}

/** Stops what has been started, the last first, on a signal, or because the start failed. */
export class Stopper {
  private readonly steps: { what: string; stop: () => Promise<unknown> }[] = [];
  private running: Promise<void> | undefined;

  constructor(private readonly say: (line: string) => unknown) {}

  /** Whether the stop has begun; what fails from then on fails because of it. */
  get stopping(): boolean {
    return this.running !== undefined;
  }

  /** Registers how to stop something that has just been started. */
  started(what: string, stop: () => Promise<unknown>): void {
    this.steps.push({ what, stop });
  }

  /** SIGTERM and SIGINT stop cleanly and end the process with 0; a second one ends it at once. */
  onSignals(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (this.stopping) {
          this.say('stopping at once');
          process.exit(1);
        }
        this.say(`${signal}: stopping`);
        void this.exit(0);
      });
    }
  }

  /** Stops everything and ends the process with `code`. */
  async exit(code: number): Promise<void> {
    const force = setTimeout(() => {
      this.say('some requests or jobs did not end in time');
      process.exit(1);
    }, FORCE_MS);
    force.unref();
    await this.stop();
    process.exit(code);
  }

  private stop(): Promise<void> {
    return (this.running ??= (async () => {
      for (const { what, stop } of this.steps.reverse()) {
        await stop().catch((error: Error) => this.say(`${what}: ${error.message}`));
      }
    })());
  }
}
