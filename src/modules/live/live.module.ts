import {
  type BeforeApplicationShutdown,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server as HttpServer } from 'node:http';
import { Config } from '../../platform/config/config';
import { EventsController } from './events.controller';
import { EventsQueries } from './events.queries';
import { LiveDoor } from './live.door';
import { LiveHub } from './live.hub';
import { LiveLimits } from './live.limits';
import { LiveWatch } from './live.watch';
import { SocketIoEndpoint } from './socketio.endpoint';
import { WebSocketEndpoint } from './websocket.endpoint';

/** Live updates over Socket.IO, plain WebSockets and HTTP. */
@Module({
  controllers: [EventsController],
  providers: [EventsQueries, LiveDoor, LiveHub, LiveLimits, LiveWatch, SocketIoEndpoint, WebSocketEndpoint],
})
export class LiveModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: Config,
    private readonly hub: LiveHub,
    private readonly watch: LiveWatch,
    private readonly socketIo: SocketIoEndpoint,
    private readonly webSocket: WebSocketEndpoint,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.config.servesHttp) return;
    await this.hub.start([this.webSocket, this.socketIo]);
    this.watch.start();
    const server = this.host.httpAdapter.getHttpServer() as HttpServer;
    this.socketIo.start(server);
    this.webSocket.start(server);
  }

  /** Says goodbye and waits until all have gone; whoever does not go is cut. */
  async beforeApplicationShutdown(): Promise<void> {
    this.watch.stop();
    await Promise.all([this.socketIo.stop(), this.webSocket.stop()]);
  }

  onApplicationShutdown(): void {
    this.webSocket.dispose();
  }
}
