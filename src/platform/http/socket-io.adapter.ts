import type { INestApplication } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';

/** Puts the gateways' Socket.IO on the HTTP server, at /socket.io and for the origins that requests may come from. */
export class SocketIoAdapter extends IoAdapter {
  constructor(
    app: INestApplication,
    private readonly corsOrigins: readonly string[],
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const any = this.corsOrigins.includes('*');
    return super.createIOServer(port, {
      ...options,
      path: '/socket.io',
      // other paths are answered by other endpoints on this server
      destroyUpgrade: false,
      serveClient: false,
      ...(this.corsOrigins.length > 0
        ? { cors: { origin: any ? '*' : [...this.corsOrigins], credentials: !any } }
        : undefined),
    } as ServerOptions) as Server;
  }
}
