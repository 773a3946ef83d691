import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Request, Response } from 'express';
import ipaddr from 'ipaddr.js';
import { Config } from '../config/config';
import { TooManyRequests } from '../errors';
import type { Actor } from './actor';
import { type LimitCounter, MemoryCounter, RedisCounter } from './limit-counters';
import type { Limit } from './rate-limit.decorator';

/**
 * Who may do how much. The access guard holds every route to its limit; a guard of its own (the dialer's) calls
 * `spend` once it knows whose key it is.
 */
@Injectable()
export class RateLimits implements OnApplicationShutdown {
  private readonly scale: number;
  private readonly counter: LimitCounter;

  constructor(config: Config) {
    this.scale = config.server.rateLimitScale;
    this.counter = config.redis && this.scale > 0 ? new RedisCounter(config.redis) : new MemoryCounter();
  }

  /**
   * Takes one request from `limit` for `key` and writes the `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers).
   * Throws TooManyRequests when nothing is left.
   */
  async spend(limit: Limit, key: string, response: Response): Promise<void> {
    if (this.scale === 0) return;
    const quota = Math.max(1, Math.round(limit.points * this.scale));
    const { used, msBeforeReset } = await this.counter.add(`${limit.name}:${key}`, 1, limit.seconds);
    const reset = Math.max(1, Math.ceil(msBeforeReset / 1000));
    response.setHeader('RateLimit-Policy', `"${limit.name}";q=${quota};w=${limit.seconds}`);
    response.setHeader('RateLimit', `"${limit.name}";r=${Math.max(0, quota - used)};t=${reset}`);
    if (used > quota) throw new TooManyRequests(reset);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.counter.close();
  }
}

/** Whose limit a request counts against: the principal's, else the address's. */
export const callerKey = (actor: Actor | undefined, request: Request): string =>
  actor ? `${actor.kind}:${actor.id}` : addressKey(request);

/**
 * The address as limits count it. One IPv6 customer owns a whole /64, so that is what counts; an IPv4-mapped address
 * is its IPv4 one. What a proxy forwarded that is no address counts as the proxy's own.
 */
export function addressKey(request: Pick<Request, 'ip' | 'socket'>): string {
  const text = [request.ip, request.socket.remoteAddress].find((given) => given && ipaddr.isValid(given));
  if (!text) return 'address:unknown';
  const address = ipaddr.process(text);
  if (address.kind() === 'ipv4') return `address:${address.toString()}`;
  return `address:${(address as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
