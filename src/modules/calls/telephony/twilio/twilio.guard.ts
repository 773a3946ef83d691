import { type CanActivate, createParamDecorator, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Config } from '../../../../platform/config/config';
import { Forbidden } from '../../../../platform/errors';
import { TelephonyNotConfigured } from '../../calls.errors';
import { isSigned, readForm } from './signature';

/** The callback does not come from Twilio, or has been changed on the way. */
export class WrongCarrierSignature extends Forbidden {
  static override readonly code = 'WRONG_SIGNATURE';

  constructor() {
    super('X-Twilio-Signature does not fit');
  }
}

/** A callback that is Twilio's: what its body and its address say. */
export interface SignedCallback {
  fields: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** Path and query. */
  target: string;
}

interface CallbackRequest extends Request {
  rawBody?: Buffer;
  callback?: SignedCallback;
}

/** Lets in what Twilio has signed, for the address that it knows us by (`PUBLIC_URL`). */
@Injectable()
export class TwilioGuard implements CanActivate {
  constructor(private readonly config: Config) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<CallbackRequest>();
    const { twilio, server } = this.config;
    if (!twilio) throw new TelephonyNotConfigured();
    const body = request.rawBody ?? Buffer.alloc(0);
    const contentType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const signature = request.headers['x-twilio-signature'];
    const arrived = {
      url: server.publicUrl + request.originalUrl,
      contentType,
      body,
      signature: typeof signature === 'string' ? signature : undefined,
    };
    if (!isSigned(twilio.authToken, arrived)) throw new WrongCarrierSignature();
    request.callback = {
      // what has been verified, not what another parser made of it
      fields: texts(contentType === 'application/json' ? (request.body as object) : (readForm(body) ?? {})),
      query: texts(request.query),
      target: request.originalUrl,
    };
    return true;
  }
}

/** The callback of the request, in a controller's parameter list. */
export const Callback = createParamDecorator((_data: unknown, context: ExecutionContext): SignedCallback => {
  const { callback } = context.switchToHttp().getRequest<CallbackRequest>();
  if (!callback) throw new Error('the route has no TwilioGuard');
  return callback;
});

/** The text fields; of a name sent twice the first value. */
function texts(fields: object): Record<string, string> {
  const entries = Object.entries(fields).map(([name, value]): [string, unknown] => [
    name,
    Array.isArray(value) ? (value as unknown[])[0] : value,
  ]);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
