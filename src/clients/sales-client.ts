import { createHash, randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import type {
  ContinueSales,
  ContinueSalesReply,
  RecordingReply,
  RecordingsReply,
  RecordingUrlInput,
  RecordingUrlReply,
  RecordingView,
  ReportUpload,
  SalesProcessReply,
  SalesStatusReply,
  StartSales,
  StartSalesReply,
  StopSales,
} from '../modules/dtech';

const ANSWER_MS = 60_000;
const POLL_MS = 1_000;
/** How many polls in a row may fail of what passes: a restart, a limit. */
const POLLS_IN_VAIN = 30;

/** How far something is, in bytes. */
export type OnProgress = (done: number, total: number) => void;

/** An answer that is no success: the server's own words, its code and the fields it names. */
export class SalesError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Record<string, string> | undefined,
  ) {
    super(message);
  }
}

/** What may be said of a file beside its bytes. */
export interface UploadOptions {
  /** ISO 8601; without an offset in the gateway's zone. Default: now. */
  dateStart?: string;
  dateEnd?: string;
  /** Default: the file's own name. */
  fileName?: string;
  onProgress?: OnProgress;
}

/** The MD5 of a file in base64, as `recording_hash` and `Content-MD5` want it; memory does not grow with the file. */
export async function calculateFileMd5(filePath: string): Promise<string> {
  const hash = createHash('md5');
  for await (const chunk of fs.createReadStream(filePath)) hash.update(chunk as Buffer);
  return hash.digest('base64');
}

/** The second of two steps: puts a file to the URL that `recordingUrl` gave. Throws SalesError when the store refuses. */
export async function uploadRecordingFile(upload: {
  uploadUrl: string;
  filePath: string;
  contentType: string;
  recordingHash: string;
  onProgress?: OnProgress;
}): Promise<void> {
  const { size } = await fs.promises.stat(upload.filePath);
  const answer = await request(upload.uploadUrl, {
    method: 'PUT',
    headers: {
      'content-type': upload.contentType,
      'content-md5': upload.recordingHash,
      'content-length': String(size),
    },
    body: Readable.from(counted(fs.createReadStream(upload.filePath), size, upload.onProgress)),
    headersTimeout: ANSWER_MS,
  });
  const text = await answer.body.text();
  if (answer.statusCode < 300) return;
  const code = /<Code>([^<]+)<\/Code>/.exec(text)?.[1] ?? 'STORE_REFUSED';
  throw new SalesError(answer.statusCode, code, `the store refused the file: ${code}`, undefined);
}

/** The routes below `/api/v1/sales`, for programs. The token is an API key with `sales:*` or an access token. */
export class SalesClient {
  private readonly base: string;

  constructor(
    url: string,
    private readonly token: string,
  ) {
    this.base = `${url.replace(/\/+$/, '')}/api/v1/sales`;
  }

  /** Starts a sales process. After a SalesError of 502 or 504 look at the list before starting again. */
  start(input: StartSales): Promise<StartSalesReply> {
    return this.json('POST', '/start', input);
  }

  continue(spid: string, input: ContinueSales): Promise<ContinueSalesReply> {
    return this.json('POST', `/continue/${encodeURIComponent(spid)}`, input);
  }

  status(spid: string, accountId: string): Promise<SalesStatusReply> {
    return this.json('GET', `/status/${encodeURIComponent(spid)}/${encodeURIComponent(accountId)}`);
  }

  stop(spid: string, input: StopSales): Promise<SalesStatusReply> {
    return this.json('POST', `/stop/${encodeURIComponent(spid)}`, input);
  }

  /** The process as the server keeps it, without asking the gateway. */
  process(spid: string): Promise<SalesProcessReply> {
    return this.json('GET', `/processes/${encodeURIComponent(spid)}`);
  }

  /** The first of two steps; see `uploadRecordingFile`, then `report`. */
  recordingUrl(spid: string, input: RecordingUrlInput): Promise<RecordingUrlReply> {
    return this.json('POST', `/recording-url/${encodeURIComponent(spid)}`, input);
  }

  /** Says what became of an upload in two steps. */
  report(uploadId: string, input: ReportUpload): Promise<RecordingReply> {
    return this.json('POST', `/upload-status/${encodeURIComponent(uploadId)}`, input);
  }

  recordings(spid: string, page: { limit?: number; cursor?: string } = {}): Promise<RecordingsReply> {
    const query = new URLSearchParams();
    if (page.limit) query.set('limit', String(page.limit));
    if (page.cursor) query.set('cursor', page.cursor);
    return this.json('GET', `/recordings/${encodeURIComponent(spid)}?${query.toString()}`);
  }

  uploadStatus(uploadId: string): Promise<RecordingReply> {
    return this.json('GET', `/upload-status/${encodeURIComponent(uploadId)}`);
  }

  /** Gives a file to the server, which brings it to the gateway by itself; memory does not grow with the file. */
  async upload(spid: string, filePath: string, options: UploadOptions = {}): Promise<RecordingView> {
    const { size } = await fs.promises.stat(filePath);
    const boundary = `----${randomUUID()}`;
    const { dateStart, dateEnd } = options;
    const fields = {
      ...(dateStart ? { date_start: dateStart } : {}),
      ...(dateEnd ? { date_end: dateEnd } : {}),
      // as a field it needs no quoting, whatever it holds
      filename: options.fileName ?? path.basename(filePath),
    };
    const head = Buffer.from(
      [
        ...Object.entries(fields).map(
          ([field, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
        ),
        `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n`,
        'Content-Type: application/octet-stream\r\n\r\n',
      ].join(''),
    );
    const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
    async function* form(): AsyncGenerator<Buffer> {
      yield head;
      yield* counted(fs.createReadStream(filePath), size, options.onProgress);
      yield tail;
    }
    const { recording } = await this.send<RecordingReply>(
      'POST',
      `/recordings/${encodeURIComponent(spid)}`,
      Readable.from(form()),
      {
        'content-type': `multipart/form-data; boundary=${boundary}`,
        'content-length': String(head.length + size + tail.length),
      },
    );
    return recording;
  }

  /** Waits until an upload is `complete` or `failed`, and tells how far it is. The server may restart meanwhile. */
  async finished(uploadId: string, onProgress?: OnProgress, signal?: AbortSignal): Promise<RecordingView> {
    for (let inVain = 0; ;) {
      try {
        const { recording } = await this.uploadStatus(uploadId);
        inVain = 0;
        onProgress?.(recording.sent_bytes, recording.size_bytes ?? 0);
        if (recording.status === 'complete' || recording.status === 'failed') return recording;
      } catch (error) {
        const isFinal = error instanceof SalesError && error.status !== 429 && error.status < 500;
        if (isFinal || (inVain += 1) >= POLLS_IN_VAIN) throw error;
      }
      await sleep(POLL_MS, undefined, { signal });
    }
  }

  private json<Reply>(method: 'GET' | 'POST', route: string, input?: object): Promise<Reply> {
    return this.send(
      method,
      route,
      input && JSON.stringify(input),
      input ? { 'content-type': 'application/json' } : {},
    );
  }

  private async send<Reply>(
    method: 'GET' | 'POST',
    route: string,
    body: string | Readable | undefined,
    headers: Record<string, string>,
  ): Promise<Reply> {
    const answer = await request(`${this.base}${route}`, {
      method,
      headers: { ...headers, accept: 'application/json', authorization: `Bearer ${this.token}` },
      body,
      headersTimeout: ANSWER_MS,
    });
    const text = await answer.body.text();
    const reply = parsed(text);
    if (answer.statusCode < 300 && reply) return reply as Reply;
    const { detail, message, code, details } = (reply ?? {}) as Record<string, unknown>;
    throw new SalesError(
      answer.statusCode,
      typeof code === 'string' ? code : 'NO_ANSWER',
      String(detail ?? message ?? `the server answered ${answer.statusCode}`),
      details as Record<string, string> | undefined,
    );
  }
}

/** Passes chunks on and tells how many bytes have been asked for. */
async function* counted(chunks: AsyncIterable<Buffer>, total: number, tell?: OnProgress): AsyncGenerator<Buffer> {
  let done = 0;
  for await (const chunk of chunks) {
    yield chunk;
    done += chunk.length;
    tell?.(done, total);
  }
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}
