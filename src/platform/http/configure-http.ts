import type { NextFunction, Request, Response } from 'express';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { randomUUID } from 'node:crypto';
import { Config } from '../config/config';
import { ErrorFilter } from './error.filter';
import { Metrics } from '../telemetry/metrics';
import { serveApiPages } from './openapi/pages';
import { withRequestId } from './request-context';
import { saneInput } from './sane-input';
import { SocketIoAdapter } from './socket-io.adapter';
import { bodyDeadline, boundSlowClients } from './slow-clients';
import { validationPipe } from './validation';

const BODY_LIMIT = '1mb';
/** What a page of another origin may read beside the body. */
const EXPOSED_HEADERS = [
  'X-Request-Id',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'Idempotency-Replayed',
  'ETag',
];
const REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;

/** Takes the caller's X-Request-Id when it is sane, makes one otherwise, returns it and keeps it for logs and events. */
export function requestId(request: Request, response: Response, next: NextFunction): void {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  request.headers['x-request-id'] = id;
  response.setHeader('X-Request-Id', id);
  // Answers hold people's data; the few that may be kept say so themselves
  if (/^\/api(\/|$)/i.test(request.path)) response.setHeader('Cache-Control', 'no-store');
  withRequestId(id, next);
}

/** Everything between the socket and the controllers; the same for the product and for the tests. */
export function configureHttp(app: NestExpressApplication): void {
  const config = app.get(Config);
  app.set('trust proxy', config.server.trustProxy);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.disable('x-powered-by');
  app.use(app.get(Metrics).measure);
  app.use(requestId);
  app.use(
    helmet({
      contentSecurityPolicy: {
        directives: {
          defaultSrc: ["'self'"],
          scriptSrc: ["'self'"],
          // Swagger UI and ReDoc write styles into the page, and ReDoc searches in a worker made from a blob
          styleSrc: ["'self'", "'unsafe-inline'"],
          workerSrc: ["'self'", 'blob:'],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'", 'ws:', 'wss:'],
          upgradeInsecureRequests: null,
        },
      },
      strictTransportSecurity: config.production ? undefined : false,
    }),
  );
  const { corsOrigins } = config.server;
  if (corsOrigins.length > 0) {
    app.enableCors({
      ...(corsOrigins.includes('*') ? { origin: '*' } : { origin: corsOrigins, credentials: true }),
      exposedHeaders: EXPOSED_HEADERS,
      maxAge: 600,
    });
  }
  app.useWebSocketAdapter(new SocketIoAdapter(app, corsOrigins));
  boundSlowClients(app);
  app.use(bodyDeadline());
  app.useBodyParser('json', { limit: BODY_LIMIT });
  app.useBodyParser('urlencoded', { limit: BODY_LIMIT, extended: false });
  app.use(saneInput);
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ErrorFilter());
  serveApiPages(app);
}
