import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { presignPut, presignedFault, type Realm, signatureFault } from './sigv4-check';

/** What the gateway is told to do wrong: on routes that match, this often, before anything else happens. */
export interface Fault {
  /** Part of the path, such as `/ext/start` or `/store/`. */
  route: string;
  kind: 'status' | 'hang' | 'close' | 'close-after' | 'delay' | 'stall';
  /** For `status`: the code; for `delay`: milliseconds; for `stall`: the bytes after which the store reads no more. */
  value?: number;
  times: number;
}

/** A sale as the gateway keeps it. */
export interface GatewayProcess {
  status: 'in_progress' | 'complete' | 'stopped';
  accountId: string;
  request: unknown;
  reason?: string;
}

/** What arrived for a recording. The bytes themselves are not kept, only what identifies them. */
export interface Upload {
  recordingId: string;
  spid: string;
  contentType: string;
  md5: string;
  request: unknown;
  /** How many PUTs were carried out. */
  puts: number;
  stored?: { size: number; md5: string };
}

const URL_SECONDS = 900;
const STORE: Omit<Realm, 'accessKeyId' | 'secretAccessKey'> = { region: 'eu-west-1', service: 's3' };

/**
 * The DTech gateway and the store its upload URLs lead to, on one loopback port. It recomputes every signature and
 * answers mismatches as API Gateway and S3 do. The campaign code says how a sale goes: a process whose
 * `campaign_code` ends in `_DONE` is complete, in `_GONE` stopped, at the second time its status is asked for.
 */
export class DtechGateway {
  readonly processes = new Map<string, GatewayProcess & { asked: number }>();
  readonly uploads = new Map<string, Upload>();
  /** Every request that got past the faults: `POST /ext/start`. */
  readonly log: string[] = [];
  faults: Fault[] = [];
  /** How many requests stand still because of a `stall`. */
  stalled = 0;
  private readonly server = http.createServer((request, response) => {
    this.answer(request, response).catch(() => response.destroy());
  });
  private base = '';

  constructor(
    readonly realm: Realm,
    readonly accountId: string,
    /** Accepted by `/activate`, once. */
    private activationToken: string | undefined = undefined,
    /** The gateway's own clock, in milliseconds. */
    private readonly now: () => number = Date.now,
  ) {}

  /** Listens on loopback and returns the base URL. */
  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
    this.base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this.base;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const target = request.url ?? '/';
    const path = target.split('?', 1)[0] ?? '/';
    const fault = this.faults.find((f) => f.times > 0 && path.includes(f.route));
    if (fault) {
      fault.times -= 1;
      if (fault.kind === 'hang') return;
      if (fault.kind === 'close') return void request.socket.destroy();
      if (fault.kind === 'delay') await sleep(fault.value ?? 0);
      if (fault.kind === 'status') {
        request.resume();
        return json(response, fault.value ?? 500, { message: fault.value === 500 ? null : `fault ${fault.value}` });
      }
    }
    if (path.startsWith('/store/')) return this.store(request, response, target, fault);
    const body = await read(request);
    if (request.method === 'POST' && path.startsWith('/activate/')) return this.activate(response, body);
    const bodyHash = createHash('sha256').update(body).digest('hex');
    const refused = signatureFault(
      { method: request.method ?? '', target, headers: request.headers },
      bodyHash,
      this.realm,
      this.now(),
    );
    if (refused) return json(response, 403, { message: refused });
    this.log.push(`${request.method} ${path}`);
    const answer = this.route(request, path, body);
    // carried out, but nobody hears of it
    if (fault?.kind === 'close-after') return void request.socket.destroy();
    json(response, answer.status, answer.body);
  }

  private route(request: http.IncomingMessage, path: string, text: string): { status: number; body: unknown } {
    const input = parse(text);
    if (request.method === 'POST' && !input) return { status: 400, body: { message: 'Invalid request body' } };
    const [, area, action, spid = '', account = ''] = path.split('/').map(decodeURIComponent);
    if (area === 'recording-url') return this.recordingUrl(request, action ?? '', input ?? {});
    if (area !== 'ext') return { status: 403, body: { message: 'Missing Authentication Token' } };
    if (action === 'start') return this.start(input ?? {});
    const process = this.processes.get(spid);
    const accountId = action === 'status' ? account : input?.account_id;
    if (!process || process.accountId !== accountId)
      return { status: 404, body: { message: 'Sales process not found' } };
    if (action === 'continue') {
      if (process.status !== 'in_progress')
        return { status: 409, body: { message: `Sales process is ${process.status}` } };
      return { status: 200, body: this.page(spid) };
    }
    if (action === 'status') return { status: 200, body: { sales_process_id: spid, status: this.askedFor(process) } };
    if (action === 'stop') {
      process.status = 'stopped';
      process.reason = String(input?.reason ?? '');
      return { status: 200, body: { sales_process_id: spid, status: 'stopped' } };
    }
    return { status: 403, body: { message: 'Missing Authentication Token' } };
  }

  private start(input: Record<string, unknown>): { status: number; body: unknown } {
    const lead = (input.lead ?? {}) as Record<string, unknown>;
    const missing = ['first_name', 'last_name', 'phone_mobile', 'campaign_code', 'lead_origin'].find(
      (name) => !lead[name],
    );
    if (missing) return { status: 400, body: { message: `lead.${missing} is required` } };
    if (input.account_id !== this.accountId) return { status: 400, body: { message: 'Unknown account_id' } };
    const spid = randomUUID();
    this.processes.set(spid, { status: 'in_progress', accountId: this.accountId, request: input, asked: 0 });
    return { status: 200, body: { sales_process_id: spid, ...this.page(spid) } };
  }

  private askedFor(process: GatewayProcess & { asked: number }): string {
    process.asked += 1;
    const code = String((process.request as { lead?: { campaign_code?: string } }).lead?.campaign_code ?? '');
    if (process.status === 'in_progress' && process.asked >= 2) {
      if (code.endsWith('_DONE')) process.status = 'complete';
      if (code.endsWith('_GONE')) process.status = 'stopped';
    }
    return process.status;
  }

  private page(spid: string): { url: string; url_expiry: string } {
    const expiry = new Date(this.now() + 3_600_000).toISOString();
    return { url: `${this.base}/page/${spid}?t=${randomUUID()}`, url_expiry: expiry };
  }

  private recordingUrl(
    request: http.IncomingMessage,
    spid: string,
    input: Record<string, unknown>,
  ): { status: number; body: unknown } {
    if (!this.processes.has(spid)) return { status: 404, body: { message: 'Sales process not found' } };
    const md5 = String(input.recording_hash ?? '');
    const contentType = String(input.content_type ?? '');
    const signed = /SignedHeaders=([^,]+)/.exec(request.headers.authorization ?? '')?.[1]?.split(';') ?? [];
    if (!signed.includes('content-md5') || request.headers['content-md5'] !== md5) {
      return { status: 400, body: { message: 'Content-MD5 must be sent, signed, and equal recording_hash' } };
    }
    if (!['audio/wav', 'audio/mpeg'].includes(contentType))
      return { status: 400, body: { message: 'Unsupported content_type' } };
    const recordingId = randomUUID();
    this.uploads.set(recordingId, { recordingId, spid, contentType, md5, request: input, puts: 0 });
    const headers = { 'content-md5': md5, 'content-type': contentType };
    const uploadUrl = presignPut(
      new URL(this.base),
      `/store/${recordingId}`,
      headers,
      { ...this.realm, ...STORE },
      this.now(),
      URL_SECONDS,
    );
    return { status: 200, body: { recording_id: recordingId, upload_url: uploadUrl } };
  }

  /** The S3 behind the upload URLs. */
  private async store(
    request: http.IncomingMessage,
    response: http.ServerResponse,
    target: string,
    trouble: Fault | undefined,
  ): Promise<void> {
    const upload = this.uploads.get(target.slice('/store/'.length).split('?', 1)[0] ?? '');
    const fault = presignedFault(
      { method: request.method ?? '', target, headers: request.headers },
      { ...this.realm, ...STORE },
      this.now(),
    );
    const claimed = request.headers['content-md5'];
    const md5 = createHash('md5');
    let size = 0;
    for await (const chunk of request) {
      md5.update(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (trouble?.kind === 'stall' && size >= (trouble.value ?? 0)) {
        // awaited within the loop: leaving it would end the request
        await this.stall(request);
        return;
      }
    }
    if (fault || !upload || request.method !== 'PUT') return s3Error(response, 403, fault ?? 'AccessDenied');
    if (typeof claimed !== 'string' || Buffer.from(claimed, 'base64').length !== 16)
      return s3Error(response, 400, 'InvalidDigest');
    const digest = md5.digest('base64');
    if (digest !== claimed) return s3Error(response, 400, 'BadDigest');
    upload.puts += 1;
    upload.stored = { size, md5: digest };
    if (trouble?.kind === 'close-after') return void request.socket.destroy();
    response.writeHead(200, { etag: `"${Buffer.from(digest, 'base64').toString('hex')}"` });
    response.end();
  }

  /** Reads no more and answers nothing; ends when the caller goes away. */
  private async stall({ socket }: http.IncomingMessage): Promise<void> {
    this.stalled += 1;
    await new Promise((resolve) => socket.once('close', resolve));
    this.stalled -= 1;
  }

  private activate(response: http.ServerResponse, text: string): void {
    const input = parse(text);
    if (!this.activationToken || input?.request_token !== this.activationToken || input.account_id !== this.accountId) {
      return json(response, 400, { message: 'Invalid request_token' });
    }
    this.activationToken = undefined;
    json(response, 200, { access_key_id: this.realm.accessKeyId, secret_access_key: this.realm.secretAccessKey });
  }
}

async function read(request: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function json(response: http.ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() });
  response.end(JSON.stringify(body));
}

function s3Error(response: http.ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' });
  response.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`);
}
