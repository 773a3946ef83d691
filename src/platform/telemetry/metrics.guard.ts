import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Authenticator } from '../access/authenticator';
import { Config } from '../config/config';
import { Forbidden, Unauthenticated } from '../errors';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets in whoever scrapes with METRICS_TOKEN, and admins. */
@Injectable()
export class MetricsGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const { metricsToken } = this.config;
    // Hashed first, so that neither length nor content shows in the time
    if (given && metricsToken && timingSafeEqual(digest(given), digest(metricsToken))) return true;
    const actor = await this.authenticator.authenticate(request);
    if (!actor) throw new Unauthenticated();
    if (actor.role !== 'admin') throw new Forbidden();
    return true;
  }
}
