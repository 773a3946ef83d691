import { type CallHandler, type ExecutionContext, Injectable, Logger, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { type Observable, of } from 'rxjs';
import type { AccessRequest } from '../../access/access.decorators';
import type { Actor } from '../../access/actor';
import { Invalid } from '../../errors';
import { ANSWER_HOLDS_SECRET } from './idempotency.decorators';
import { IdempotencyKeys, type KeptAnswer, type Lease, RENEW_MS } from './idempotency-keys';
import { hashOf } from './request-hash';

const KEY = /^[\x21-\x7e]{1,255}$/;
/** Work that has not answered after this many renewals (ten minutes) never will. */
const MAX_RENEWALS = 60;
const KEPT_HEADERS = ['content-type', 'location', 'etag', 'link'];

/**
 * `Idempotency-Key` on POST: the first answer is kept and sent again to whoever repeats the request under the same key.
 * The answer is kept before it leaves, so that nobody who saw it can run the work twice. Not for routes of sign-in,
 * uploads and callers who are nobody. What is 5xx or 429 is not kept: there a repetition is meant to try again.
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Idempotency');

  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    if (context.getType() !== 'http') return next.handle();
    const request = context.switchToHttp().getRequest<AccessRequest>();
    const { actor } = request;
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || key === undefined || !actor || !isKeyed(request)) return next.handle();
    if (typeof key !== 'string' || !KEY.test(key)) {
      throw new Invalid('Idempotency-Key must be 1 to 255 visible ASCII characters', {
        'Idempotency-Key': 'must be 1 to 255 visible ASCII characters',
      });
    }
    const response = context.switchToHttp().getResponse<Response>();
    const begun = await this.keys.begin({
      scopeHash: hashOf([callerOf(actor), request.method, pathOf(request), key]),
      requestHash: hashOf([request.query, request.body ?? null]),
    });
    if ('status' in begun) {
      replay(response, begun);
      return of(undefined);
    }
    const holdsSecret = this.reflector.get<boolean | undefined>(ANSWER_HOLDS_SECRET, context.getHandler()) ?? false;
    this.keepWhatIsSent(response, begun, holdsSecret);
    return next.handle();
  }

  /** Stands between the handler (or the error filter) and the socket: the answer leaves once it has been kept. */
  private keepWhatIsSent(response: Response, lease: Lease, holdsSecret: boolean): void {
    let renewals = 0;
    const renewing = setInterval(() => {
      if ((renewals += 1) > MAX_RENEWALS) clearInterval(renewing);
      else void this.keys.renew(lease).catch(() => undefined);
    }, RENEW_MS).unref();
    const send = response.send.bind(response);
    let kept = false;
    response.send = (body?: unknown): Response => {
      response.send = send;
      // Express sends objects through `json`, which calls `send` again with the text
      if (typeof body === 'object' && body !== null && !Buffer.isBuffer(body)) {
        response.send = keeping;
        return response.json(body);
      }
      return keeping(body);
    };
    const keeping = (body?: unknown): Response => {
      response.send = send;
      kept = true;
      clearInterval(renewing);
      void this.settle(response, lease, body === undefined ? '' : String(body), holdsSecret).then(() => {
        if (!response.headersSent) send(body);
      });
      return response;
    };
    response.once('close', () => {
      // A caller who left does not stop the work: its answer will be kept. What went out as a stream cannot be.
      if (kept || !response.headersSent) return;
      clearInterval(renewing);
      void this.keys.giveBack(lease).catch(() => undefined);
    });
  }

  /** When keeping fails the work is done all the same; the caller gets his answer and the lease ends by itself. */
  private async settle(response: Response, lease: Lease, body: string, holdsSecret: boolean): Promise<void> {
    const status = response.statusCode;
    try {
      if (status >= 500 || status === 429) return await this.keys.giveBack(lease);
      const headers: Record<string, string> = {};
      for (const name of KEPT_HEADERS) {
        const value = response.getHeader(name);
        if (value !== undefined) headers[name] = String(value);
      }
      await this.keys.keep(lease, { status, headers, body }, holdsSecret);
    } catch (error) {
      this.logger.error(`an answer was not kept: ${(error as Error).message}`);
    }
  }
}

const isKeyed = (request: AccessRequest): boolean =>
  !/^\/api\/auth(\/|$)/i.test(request.path) && !/^multipart\//i.test(request.headers['content-type'] ?? '');

const callerOf = (actor: Actor): string => `${actor.kind}:${actor.id}`;

const pathOf = (request: AccessRequest): string => request.path.replace(/\/+$/, '');

/** Sends the kept answer; what Nest would send for the empty result afterwards goes nowhere. */
function replay(response: Response, answer: KeptAnswer): void {
  response.status(answer.status).set(answer.headers).set('Idempotency-Replayed', 'true');
  if (answer.body === '') response.end();
  else response.send(answer.body);
  response.send = response.json = () => response;
}
