import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Metrics } from '../../platform/telemetry/metrics';
import { LiveHub } from './live.hub';

/** What live connections are measured by. */
@Injectable()
export class LiveMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly hub: LiveHub,
  ) {}

  onModuleInit(): void {
    const { hub } = this;
    const registers = [this.metrics.registry];
    new Gauge({
      name: 'live_connections',
      help: 'Live connections of this process that are signed in.',
      registers,
      collect() {
        this.set(hub.connections.size);
      },
    });
    new Counter({
      name: 'live_slow_drops_total',
      help: 'Live connections dropped because they read more slowly than events came.',
      registers,
      collect() {
        this.reset();
        this.inc(hub.slowDrops);
      },
    });
  }
}
