import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { Database } from '../database/database';

/** More than this many waiting events is told as this many: counting further would cost more than it says. */
const MOST_COUNTED = 10_000;

/** What the process measures of itself, for Prometheus. */
@Injectable()
export class Metrics {
  /** Rooms add what they measure here. */
  readonly registry = new Registry();
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  private asksDatabase: Promise<void> | undefined;

  constructor(private readonly database: Database) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.durations = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from the first byte of a request to the last of its answer, by route pattern.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    });
    const waiting: Gauge = new Gauge({
      name: 'event_relay_waiting_events',
      help: `Committed events that have no number yet (at most ${MOST_COUNTED} are counted).`,
      registers,
      collect: () => (this.asksDatabase ??= this.lookAtRelay(waiting, lag, parked)),
    });
    const lag = new Gauge({
      name: 'event_relay_lag_seconds',
      help: 'Age of the oldest committed event that has no number yet.',
      registers,
      collect: () => this.asksDatabase,
    });
    const parked = new Gauge({
      name: 'event_relay_parked_events',
      help: 'Events that a planner could not plan and that wait for a person.',
      registers,
      collect: () => this.asksDatabase,
    });
  }

  /** Measures every request; the pattern and not the path, so that ids do not make a series each. */
  readonly measure = (request: Request, response: Response, next: NextFunction): void => {
    const end = this.durations.startTimer();
    response.once('close', () => {
      const route = (request.route as { path?: unknown } | undefined)?.path;
      end({
        method: KNOWN_METHODS.has(request.method) ? request.method : 'other',
        // a wildcard is what answers when nothing else does
        route: typeof route === 'string' && !route.includes('*') ? route : 'none',
        status: String(response.statusCode),
      });
    });
    next();
  };

  /** Everything measured, in Prometheus' text format. */
  async text(): Promise<string> {
    return this.registry.metrics();
  }

  private async lookAtRelay(waiting: Gauge, lag: Gauge, parked: Gauge): Promise<void> {
    try {
      const row = await this.database.read.one<{ waiting: number; lag: number | null; parked: number }>(
        `select (select count(*) from (select from event where seq is null limit ${MOST_COUNTED}) w) as waiting,
           (select extract(epoch from clock_timestamp() - occurred_at) from event where seq is null
            order by position limit 1) as lag,
           (select count(*) from (select from event_parked limit ${MOST_COUNTED}) p) as parked`,
      );
      waiting.set(row?.waiting ?? 0);
      lag.set(Math.max(0, row?.lag ?? 0));
      parked.set(row?.parked ?? 0);
    } catch {
      // A scrape while the database is down tells everything else
      for (const gauge of [waiting, lag, parked]) gauge.reset();
    } finally {
      this.asksDatabase = undefined;
    }
  }
}

const KNOWN_METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
