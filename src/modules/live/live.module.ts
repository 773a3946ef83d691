import {
  type BeforeApplicationShutdown,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Server as HttpServer } from 'node:http';
import { EventsController } from './events.controller';
import { EventsQueries } from './events.queries';
import { LiveDoor } from './live.door';
import { LiveGateway } from './live.gateway';
import { LiveHub } from './live.hub';
import { LiveLimits } from './live.limits';
import { LiveWatch } from './live.watch';
import { WebSocketEndpoint } from './websocket.endpoint';

/** Live updates over Socket.IO, plain WebSockets and HTTP: for processes that listen. */
@Module({
  controllers: [EventsController],
  providers: [EventsQueries, LiveDoor, LiveHub, LiveLimits, LiveWatch, LiveGateway, WebSocketEndpoint],
})
export class LiveModule implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly hub: LiveHub,
    private readonly watch: LiveWatch,
    private readonly gateway: LiveGateway,
    private readonly webSocket: WebSocketEndpoint,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.hub.start([this.webSocket, this.gateway]);
    this.watch.start();
    this.webSocket.start(this.host.httpAdapter.getHttpServer() as HttpServer);
  }

  /** Says goodbye and waits until all have gone; whoever does not go is cut. */
  async beforeApplicationShutdown(): Promise<void> {
    this.watch.stop();
    await Promise.all([this.gateway.stop(), this.webSocket.stop()]);
  }

  onApplicationShutdown(): void {
    this.webSocket.dispose();
  }
}
