import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import type { AccessRequest } from '../access/access.decorators';
import {
  DomainError,
  Forbidden,
  Invalid,
  NotFound,
  TooLarge,
  Unauthenticated,
  Unavailable,
  UnsupportedMediaType,
} from '../errors';
import { isUnavailable, sqlState } from '../database/database';
import { currentRequestId } from './request-context';
import { errorBody } from './surface';

/** The only place where an error becomes a status and a body. What we did not foresee is a 500 that tells nothing. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Error');

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    const response = http.getResponse<Response>();
    this.answer(thrown, http.getRequest<AccessRequest>(), response).catch((error: unknown) => {
      // Nobody else would notice, and the client would wait for ever
      this.logger.error({ err: loggable(error) }, 'an error could not be answered');
      response.destroy();
    });
  }

  private async answer(thrown: unknown, request: AccessRequest, response: Response): Promise<void> {
    const error = await afterRefusal(known(thrown), request);
    if (!error || error.status >= 500) {
      this.logger.error({ err: loggable(thrown), request_id: currentRequestId() }, `${request.method} ${request.path}`);
    }
    // `request.destroyed` says nothing here: Node sets it as soon as a body has been read to its end
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const requestId = currentRequestId() ?? '';
    if (error && 'retryAfter' in error) {
      response.setHeader('Retry-After', String(Math.max(1, Math.ceil(Number(error.retryAfter)))));
    }
    if (error?.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    response.status(error?.status ?? 500).json(
      errorBody(request.path, {
        message: error?.message ?? 'Something went wrong on our side',
        code: error?.code ?? 'INTERNAL',
        details: error?.details,
        requestId,
        extra: error?.extra ?? {},
      }),
    );
  }
}

/** Wrong keys and signatures cost their address; when that has had too many, it is told so instead. */
async function afterRefusal(error: DomainError | undefined, request: AccessRequest): Promise<DomainError | undefined> {
  if (!request.onRefusal || (error?.status !== 401 && error?.status !== 403)) return error;
  return request.onRefusal().then(
    () => error,
    (tooMany: unknown) => known(tooMany),
  );
}

/** The caller-visible error in what was thrown; undefined when it is a fault of ours. */
function known(thrown: unknown): DomainError | undefined {
  if (thrown instanceof DomainError) return thrown;
  // Express and its body parser throw errors of their own with a status
  const { type, status, statusCode } = (thrown ?? {}) as { type?: string; status?: number; statusCode?: number };
  if (type === 'entity.too.large') return new TooLarge('The body is too large');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported')
    return new UnsupportedMediaType('Unsupported encoding');
  if (type?.startsWith('entity.') || type === 'request.aborted' || type === 'request.size.invalid') {
    return badJson();
  }
  if (thrown instanceof SyntaxError && (status ?? statusCode) === 400) return badJson();
  if (thrown instanceof HttpException) {
    const code = thrown.getStatus();
    if (code === 401) return new Unauthenticated();
    if (code === 403) return new Forbidden();
    if (code === 404) return new NotFound('There is nothing here');
    if (code === 413) return new TooLarge('The body is too large');
    if (code === 415) return new UnsupportedMediaType('Unsupported media type');
    // Nest hands us what JSON.parse said as a 400 of its own; its text quotes the body, so it is not passed on
    if (thrown.cause instanceof SyntaxError || /JSON/.test(thrown.message)) return badJson();
    if (code >= 400 && code < 500) return new Invalid(thrown.message);
    return undefined;
  }
  if ((status ?? statusCode) === 400 || thrown instanceof URIError) return new Invalid('The request cannot be read');
  // text PostgreSQL cannot hold: a NUL character or half a surrogate pair that slipped past validation
  if (['22021', '22P05'].includes(sqlState(thrown) ?? ''))
    return new Invalid('The text holds a character that cannot be stored');
  // the caller may try again; with a 500 he would not
  if (isUnavailable(thrown)) return new Unavailable('The database cannot be reached at present');
  return undefined;
}

const badJson = (): Invalid => new Invalid('The body is not valid JSON', { body: 'is not valid JSON' });

/** What of an error may be logged: a database error also carries its statement's values, which are people's data. */
function loggable(thrown: unknown): Record<string, unknown> {
  if (!(thrown instanceof Error)) return { message: typeof thrown };
  const { name, message, stack } = thrown;
  return { type: name, message, stack, sqlstate: sqlState(thrown) };
}
