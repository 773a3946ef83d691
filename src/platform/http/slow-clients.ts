import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import type { Server } from 'node:http';
import { RequestTimeout } from '../errors';
import { hasBody } from './media-type.interceptor';

const HEADERS_MS = 20_000;
/** An upload over a thin line may take this long. */
const UPLOAD_MS = 10 * 60_000;
/** Longer than the minute after which most proxies drop an idle connection, so that they never reuse one we closed. */
const KEEP_ALIVE_MS = 65_000;
const BODY_MS = 30_000;

/** Bounds how long a client may hold a connection while it sends. */
export function boundSlowClients(app: NestExpressApplication): void {
  const server = app.getHttpServer() as Server;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = UPLOAD_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
}

/** 408 for a body, other than an upload, that does not arrive in time. */
export function bodyDeadline(milliseconds = BODY_MS) {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (!hasBody(request) || /^multipart\//i.test(request.headers['content-type'] ?? '')) return next();
    const timer = setTimeout(() => {
      response.setHeader('Connection', 'close');
      // so that what still arrives is not parsed and run after all
      response.once('finish', () => request.destroy());
      next(new RequestTimeout('The body did not arrive in time'));
    }, milliseconds).unref();
    const stop = (): void => clearTimeout(timer);
    request.once('end', stop).once('close', stop);
    next();
  };
}
