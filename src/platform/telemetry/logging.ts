import { type Logger, LoggerModule } from 'nestjs-pino';
import type { IncomingMessage } from 'node:http';
import type { DynamicModule, LoggerService } from '@nestjs/common';
import { Config } from '../config/config';

/** The path alone: a query may hold keys, passwords and people's data, so it is never logged. */
const pathOf = (url: string | undefined): string => (url ?? '').split('?', 1)[0] ?? '';

/** Who in the framework tells, route by route, what has been set up. */
const FRAMEWORK = new Set<unknown>([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** The log, in which the framework's two hundred lines about its own start are told at `debug` only. */
export const withoutFramework = (logger: Logger): LoggerService => ({
  log: (message: unknown, ...rest: unknown[]) =>
    FRAMEWORK.has(rest.at(-1)) ? logger.debug(message, ...rest) : logger.log(message, ...rest),
  error: (message: unknown, ...rest: unknown[]) => logger.error(message, ...rest),
  warn: (message: unknown, ...rest: unknown[]) => logger.warn(message, ...rest),
  debug: (message: unknown, ...rest: unknown[]) => logger.debug(message, ...rest),
  verbose: (message: unknown, ...rest: unknown[]) => logger.verbose(message, ...rest),
  fatal: (message: unknown, ...rest: unknown[]) => logger.fatal(message, ...rest),
});

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
