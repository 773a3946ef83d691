import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, type Dispatcher, errors, request } from 'undici';
import { Config } from '../../../platform/config/config';
import { DtechTimeout, DtechUnavailable } from '../dtech.errors';
import { GatewayKeys } from './gateway-keys';
import { authFailure, errorFor, expiryOf, type GatewayAnswer, idIn, messageOf, textIn } from './gateway-answer';
import { signRequest } from './request-signer';

const CONNECT_MS = 5_000;
const MAX_ANSWER_BYTES = 256 * 1024;
/** What is safe to repeat is tried this often in all, with a short, growing, scattered pause. */
const TRIES = 3;
const PAUSE_MS = 250;

/** Who sells, as the gateway wants it. */
export interface GatewayUser {
  external_id: string;
  first_name: string;
  last_name: string;
  provider_id: string;
}

/** To whom it is sold. */
export interface GatewayLead {
  first_name: string;
  last_name: string;
  phone_mobile: string;
  campaign_code: string;
  lead_origin: string;
  external_reference?: string;
  phone_work?: string;
  email?: string;
  id_number?: string;
}

/** A page of the gateway in which the sale goes on. */
export interface GatewayPage {
  url: string;
  urlExpiry: Date | null;
}

/** Where the bytes of a recording go. */
export interface UploadTarget {
  recordingId: string;
  uploadUrl: string;
}

/** What is told of a recording; times as the gateway reads them, hash as base64 of the MD5. */
export interface RecordingRequest {
  account_id: string;
  date_start: string;
  date_end: string;
  recording_hash: string;
  filename: string;
  content_type: string;
}

/** Whether a request may have been carried out although no answer came. */
export class AmbiguousFailure extends Error {
  constructor(readonly shown: DtechTimeout | DtechUnavailable) {
    super(shown.message);
  }
}

interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: object;
  headers?: Record<string, string>;
  /** Whether sending it twice does no harm. */
  repeatable: boolean;
}

/**
 * The DTech gateway. Every method throws one of `dtech.errors.ts`; `start` and `stop` throw AmbiguousFailure when the
 * gateway may have acted without telling us.
 */
@Injectable()
export class DtechClient {
  private readonly logger = new Logger(DtechClient.name);
  private readonly agent: Agent;

  constructor(
    private readonly config: Config,
    private readonly keys: GatewayKeys,
  ) {
    const { timeoutMs } = config.dtech;
    this.agent = new Agent({ connect: { timeout: CONNECT_MS }, headersTimeout: timeoutMs, bodyTimeout: timeoutMs });
  }

  /** Starts a sales process. Never sent twice. */
  async start(input: {
    account_id: string;
    user: GatewayUser;
    lead: GatewayLead;
  }): Promise<GatewayPage & { salesProcessId: string }> {
    const body = await this.signed({ method: 'POST', path: '/ext/start', body: input, repeatable: false });
    const salesProcessId = idIn(body, 'sales_process_id', 'salesProcessId', 'spid');
    const page = this.page(body);
    // it was carried out, but under which id we were not told
    if (!salesProcessId || !page)
      throw new AmbiguousFailure(new DtechUnavailable('The sales gateway answered without a sales_process_id'));
    return { salesProcessId, ...page };
  }

  /** A fresh page of a running process. */
  async continue(spid: string, input: { account_id: string; user: GatewayUser }): Promise<GatewayPage> {
    const path = `/ext/continue/${encodeURIComponent(spid)}`;
    const page = this.page(await this.signed({ method: 'POST', path, body: input, repeatable: true }));
    if (!page) throw new DtechUnavailable('The sales gateway answered without a url');
    return page;
  }

  /** What the gateway says of a process, as it says it. */
  status(spid: string, accountId: string): Promise<unknown> {
    const path = `/ext/status/${encodeURIComponent(spid)}/${encodeURIComponent(accountId)}`;
    return this.signed({ method: 'GET', path, repeatable: true });
  }

  /** Stops a process; the raw answer. */
  stop(spid: string, input: { account_id: string; reason: string }): Promise<unknown> {
    return this.signed({
      method: 'POST',
      path: `/ext/stop/${encodeURIComponent(spid)}`,
      body: input,
      repeatable: false,
    });
  }

  /** Where to put a recording; the hash also goes, signed, in `Content-MD5`. */
  async recordingUrl(spid: string, input: RecordingRequest): Promise<UploadTarget> {
    const body = await this.signed({
      method: 'POST',
      path: `/recording-url/${encodeURIComponent(spid)}`,
      body: input,
      headers: { 'content-md5': input.recording_hash },
      repeatable: true,
    });
    const recordingId = idIn(body, 'recording_id', 'recordingId');
    const uploadUrl = textIn(body, 'upload_url', 'uploadUrl', 'url');
    if (!recordingId || !uploadUrl || !URL.canParse(uploadUrl)) {
      throw new DtechUnavailable('The sales gateway answered without an upload_url');
    }
    return { recordingId, uploadUrl };
  }

  /** Exchanges the temporary token for keys; the one request that is not signed. Never sent twice: the token works once. */
  async activate(securityGroup: string, input: { account_id: string; request_token: string }): Promise<unknown> {
    const path = `/activate/${encodeURIComponent(securityGroup)}`;
    const answer = await this.once({ method: 'POST', path, body: input, repeatable: false }, async () => ({
      'content-type': 'application/json',
      accept: 'application/json',
    }));
    if (answer.status >= 300) throw errorFor(answer);
    return answer.body;
  }

  private page(body: unknown): GatewayPage | undefined {
    const url = textIn(body, 'url');
    return url ? { url, urlExpiry: expiryOf(body, this.config.dtech.timeZone, new Date()) } : undefined;
  }

  private async signed(call: Call): Promise<unknown> {
    const keys = await this.keys.current();
    const host = new URL(this.config.dtech.baseUrl).host;
    // called for each try: a retry is signed anew, with its own time
    const headers = (body: string): Promise<Record<string, string>> =>
      signRequest(
        {
          method: call.method,
          host,
          path: call.path,
          headers: {
            accept: 'application/json',
            ...(call.body ? { 'content-type': 'application/json' } : {}),
            ...call.headers,
          },
          body,
        },
        keys,
        this.config.dtech,
        new Date(),
      );
    for (let tryNumber = 1; ; tryNumber += 1) {
      const last = !call.repeatable || tryNumber === TRIES;
      try {
        const answer = await this.once(call, headers);
        if (answer.status < 300) return answer.body;
        if (answer.status < 500 || last) throw this.refusal(call, answer);
      } catch (error) {
        if (!(error instanceof AmbiguousFailure)) throw error;
        if (last) throw call.repeatable ? error.shown : error;
      }
      await sleep(PAUSE_MS * 2 ** (tryNumber - 1) * (0.5 + Math.random()));
    }
  }

  private refusal(call: Call, answer: GatewayAnswer): Error {
    const message = messageOf(answer.body);
    if (answer.status === 401 || answer.status === 403) {
      this.logger.error(
        { path: call.path, status: answer.status, cause: authFailure(message), gateway: message },
        'the sales gateway did not accept our credentials',
      );
    } else {
      this.logger.warn({ path: call.path, status: answer.status, gateway: message }, 'the sales gateway refused');
    }
    const error = errorFor(answer);
    return answer.status >= 500 && !call.repeatable ? new AmbiguousFailure(new DtechUnavailable()) : error;
  }

  private async once(call: Call, headers: (body: string) => Promise<Record<string, string>>): Promise<GatewayAnswer> {
    const body = call.body ? JSON.stringify(call.body) : '';
    try {
      const answer = await request(`${this.config.dtech.baseUrl}${call.path}`, {
        method: call.method,
        headers: await headers(body),
        body: body || undefined,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(this.config.dtech.timeoutMs + CONNECT_MS),
      });
      const retryAfter = Number(answer.headers['retry-after']);
      return {
        status: answer.statusCode,
        body: await readAnswer(answer.body),
        ...(retryAfter > 0 ? { retryAfterSeconds: retryAfter } : {}),
      };
    } catch (error) {
      throw this.transportFailure(call, error);
    }
  }

  /** Nothing was sent when no connection was made; anything later may have been carried out. */
  private transportFailure(call: Call, error: unknown): Error {
    const { code, name } = error as NodeJS.ErrnoException;
    this.logger.warn({ path: call.path, code: code ?? name }, 'the sales gateway gave no answer');
    const neverSent = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].includes(code ?? '');
    if (neverSent && !call.repeatable) return new DtechUnavailable('The sales gateway cannot be reached');
    if (error instanceof errors.ConnectTimeoutError && !call.repeatable) return new DtechTimeout();
    const late =
      error instanceof errors.HeadersTimeoutError ||
      error instanceof errors.BodyTimeoutError ||
      error instanceof errors.ConnectTimeoutError ||
      name === 'TimeoutError';
    return new AmbiguousFailure(
      late ? new DtechTimeout() : new DtechUnavailable('The sales gateway cannot be reached'),
    );
  }
}

/** Reads an answer up to a limit and parses it as JSON where it is. */
async function readAnswer(body: Dispatcher.ResponseData['body']): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
