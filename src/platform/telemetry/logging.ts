import { LoggerModule } from 'nestjs-pino';
import type { IncomingMessage } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { Config } from '../config/config';

/** The path alone: a query may hold keys, passwords and people's data, so it is never logged. */
const pathOf = (url: string | undefined): string => (url ?? '').split('?', 1)[0] ?? '';

/** Structured logs, one line a request, with its id; no headers, no query, no body. */
export const loggingModule = (): DynamicModule =>
  LoggerModule.forRootAsync({
    inject: [Config],
    useFactory: (config: Config) => ({
      pinoHttp: {
        level: config.server.logLevel,
        genReqId: (request: IncomingMessage) => String(request.headers['x-request-id'] ?? ''),
        autoLogging: config.server.logLevel !== 'silent' && {
          ignore: (request: IncomingMessage) => pathOf(request.url).startsWith('/health'),
        },
        serializers: {
          req: (request: { id: string; method: string; url: string }) => ({
            id: request.id,
            method: request.method,
            path: pathOf(request.url),
          }),
          res: (response: { statusCode: number }) => ({ status: response.statusCode }),
        },
        customProps: () => ({}),
      },
    }),
  });
