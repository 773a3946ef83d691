import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { createHash } from 'node:crypto';
import type { MachineActor } from '../../../platform/access/actor';
import type { Limit } from '../../../platform/access/rate-limit.decorator';
import { RateLimits } from '../../../platform/access/rate-limits';
import { Config } from '../../../platform/config/config';
import { NotFound } from '../../../platform/errors';
import {
  AddressNotAllowed,
  Replayed,
  StaleTimestamp,
  TlsRequired,
  WrongDialerKey,
  WrongSignature,
} from '../dialer.errors';
import { addressOf, cameByTls } from './origin';
import { Replays } from './replays';
import { sentFields } from './sent-fields';
import { sameText, type SentFields, signV1, signV2 } from './signature';

/** Per key: a dialer hands over leads in bursts. */
export const DIALER_LIMIT: Limit = { name: 'dialer', points: 6000, seconds: 60 };

const TIMESTAMP_WINDOW_S = 300;
const NONCE = /^[\x21-\x7e]{8,128}$/;

/** The dialer, acting on its own. */
export const DIALER: MachineActor = { kind: 'dialer', id: 'vicidial', role: 'system' };

/** A request that has passed; with the fields as they were sent. */
export interface DialerRequest extends Request {
  rawBody?: Buffer;
  dialerFields?: SentFields;
}

/** The dialer's own guard: address, TLS, key, signature, in this order. */
@Injectable()
export class DialerGuard implements CanActivate {
  constructor(
    private readonly config: Config,
    private readonly replays: Replays,
    private readonly limits: RateLimits,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<DialerRequest>();
    const { allowedIps, apiKey = '' } = this.config.dialer;
    if (!allowedIps.isEmpty && !allowedIps.includes(addressOf(request))) {
      throw new AddressNotAllowed('This address may not send leads');
    }
    if (this.config.production && !cameByTls(request, this.config.server.trustProxy)) {
      throw new TlsRequired('Leads are taken over HTTPS only');
    }
    // Browsers and proxies ask for heads by themselves; only a GET proper is a lead
    if (request.method === 'HEAD') throw new NotFound();
    const { fields, queryKey, twice } = sentFields(request);
    this.checkKey(request, fields, queryKey, apiKey);
    await this.limits.spend(DIALER_LIMIT, `dialer:${fingerprint(apiKey)}`, http.getResponse<Response>());
    await this.checkSignature(request, fields, twice);
    request.dialerFields = fields;
    return true;
  }

  /** In the header, or in the query where that is allowed. Every key that is shown must be the right one. */
  private checkKey(request: Request, fields: SentFields, queryKey: unknown, wanted: string): void {
    const queryAllowed = !this.config.production || this.config.dialer.allowQueryKey;
    const header = request.headers['x-dialer-api-key'];
    const named = [fields['api_key'], fields['dialer_api_key']].filter((value) => value !== undefined && value !== '');
    const shown = [...(header === undefined ? [] : [header]), ...(queryKey === undefined ? [] : [queryKey]), ...named];
    const usable = header !== undefined || (queryAllowed && queryKey !== undefined);
    const right = shown.map((key) => typeof key === 'string' && sameText(key, wanted)).every(Boolean);
    if (wanted === '' || !usable || !right) throw new WrongDialerKey('Invalid or missing API key');
  }

  private async checkSignature(request: DialerRequest, fields: SentFields, twice: boolean): Promise<void> {
    const { signature: accepted, secretKey } = this.config.dialer;
    if (accepted === 'off' || !secretKey) return;
    const header = headerText(request, 'x-dialer-signature');
    if (!header) throw new WrongSignature('X-Dialer-Signature is missing');
    const isV2 = header.startsWith('v2=');
    if (accepted !== 'either' && accepted !== (isV2 ? 'v2' : 'v1')) {
      throw new WrongSignature(`Only ${accepted} signatures are accepted`);
    }
    // What the signature does not cover must not be there: a body of a GET, a name of the query again in the body
    const uncovered = twice || (request.method !== 'POST' && (request.rawBody?.length ?? 0) > 0);
    const named = fields['signature'];
    if (uncovered || (named !== undefined && named !== '' && named !== header)) {
      throw new WrongSignature('The signature does not cover the whole request');
    }
    const timestamp = headerText(request, 'x-dialer-timestamp') ?? '';
    if (!/^\d{10}$/.test(timestamp)) throw new StaleTimestamp('X-Dialer-Timestamp is missing or no Unix time');
    if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TIMESTAMP_WINDOW_S) {
      throw new StaleTimestamp('X-Dialer-Timestamp is more than five minutes away');
    }
    const token = isV2
      ? this.tokenV2(request, secretKey, header, timestamp)
      : this.tokenV1(fields, secretKey, header, timestamp);
    if (!(await this.replays.isFirst(token))) throw new Replayed('This request has been received already');
  }

  private tokenV1(fields: SentFields, secret: string, header: string, timestamp: string): string {
    const signature = signV1(secret, fields);
    if (signature === undefined)
      throw new WrongSignature('These fields could be read in two ways when signed in this form; use v2');
    if (!sameText(header, signature)) throw new WrongSignature('Invalid signature');
    return `v1:${signature}:${timestamp}`;
  }

  private tokenV2(request: DialerRequest, secret: string, header: string, timestamp: string): string {
    const nonce = headerText(request, 'x-dialer-nonce') ?? '';
    if (!NONCE.test(nonce)) throw new WrongSignature('X-Dialer-Nonce must be 8 to 128 printable characters');
    const { method, originalUrl: url, rawBody: body } = request;
    if (!sameText(header, `v2=${signV2(secret, timestamp, nonce, { method, url, body })}`)) {
      throw new WrongSignature('Invalid signature');
    }
    return `v2:${nonce}`;
  }
}

/** Limits are counted by key without the key itself ending up in Redis. */
const fingerprint = (key: string): string => createHash('sha256').update(key).digest('hex').slice(0, 16);

function headerText(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
