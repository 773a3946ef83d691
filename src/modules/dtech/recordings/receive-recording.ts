import { Injectable } from '@nestjs/common';
import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Actor } from '../../../platform/access/actor';
import { Config } from '../../../platform/config/config';
import { Database } from '../../../platform/database/database';
import { Invalid } from '../../../platform/errors';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { RecordingStorage, type StoredObject } from '../../../platform/storage/recording-storage';
import { newId } from '../../../platform/time/ids';
import { NotAudio, RecordingTooLarge } from '../dtech.errors';
import { sniffAudio, SNIFF_BYTES } from './audio-type';
import { readFileName, readSpan } from './recording-input';
import { RecordingRepository } from './recording.repository';
import { type RecordingReply, recordingView } from './recording.view';
import { RecordingsService } from './recordings.service';
import type { RecordingType } from './sale-recording.entity';
import { uploadRecording } from './upload.job';

interface Form {
  fields: Map<string, string>;
  fileName: string;
  type: RecordingType;
  stored: StoredObject;
}

const FIELDS = ['date_start', 'date_end', 'filename', 'account_id'];

/** Takes a file from a multipart request to our storage, without ever holding more than a few chunks of it. */
@Injectable()
export class ReceiveRecording {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly storage: RecordingStorage,
    private readonly recordings: RecordingRepository,
    private readonly service: RecordingsService,
    private readonly jobs: JobQueue,
  ) {}

  /**
   * Receives the one file of the request for the sale. The row is written first, without a size: a process that dies
   * while receiving leaves a row by which the sweep finds the file. Throws Invalid, NotAudio or RecordingTooLarge.
   */
  async receive(actor: Actor, spid: string, request: IncomingMessage): Promise<RecordingReply> {
    const process = await this.service.saleOf(actor, spid);
    const id = newId();
    const key = `sales/${id}`;
    const now = new Date();
    await this.database.transaction((tx) =>
      this.recordings.insert(tx, {
        id,
        process,
        source: 'upload',
        fileName: 'recording',
        start: now,
        end: now,
        contentType: 'audio/wav',
        storageKey: key,
      }),
    );
    try {
      return await this.keep(actor, id, await this.readForm(request, key), now);
    } catch (error) {
      // what is left of a request that does not answer for good is drained, so that the caller gets to read why
      request.resume();
      await this.storage.delete(key).catch(() => undefined);
      await this.database.transaction((tx) => tx.rows('delete from sale_recording where id = $1', [id]));
      throw error;
    }
  }

  private keep(actor: Actor, id: string, form: Form, now: Date): Promise<RecordingReply> {
    const { timeZone } = this.config.dtech;
    const dateStart = form.fields.get('date_start') ?? now.toISOString();
    const { start, end } = readSpan(dateStart, form.fields.get('date_end') ?? dateStart, timeZone);
    const named = form.fields.get('filename');
    const fileName = named === undefined ? readFileName('file', form.fileName) : readFileName('filename', named);
    return this.database.transaction(async (tx) => {
      const row = await this.recordings.set(
        tx,
        actor,
        id,
        `file_name = $2, recorded_at = $3, ended_at = $4, content_type = $5, size_bytes = $6, md5 = $7, next_attempt_at = now()`,
        [fileName, start, end, form.type, form.stored.size, form.stored.md5],
      );
      tx.afterCommit(() => void this.jobs.ring(uploadRecording, { recordingId: id }, { dedupId: id }));
      return { recording: recordingView(row) };
    });
  }

  private async readForm(request: IncomingMessage, key: string): Promise<Form> {
    const fields = new Map<string, string>();
    let file: Promise<Pick<Form, 'fileName' | 'type' | 'stored'>> | undefined;
    const parser = busboyOf(request, this.config.dtech.maxRecordingBytes);
    let fault: Error | undefined;
    parser.on('field', (name, value, { valueTruncated }) => {
      if (!FIELDS.includes(name)) return;
      if (valueTruncated || fields.has(name))
        fault ??= new Invalid(`${name} is not valid`, { [name]: 'is too long or sent twice' });
      fields.set(name, value);
    });
    parser.on('file', (name, stream, info) => {
      if (file || name !== 'file') {
        stream.resume();
        fault ??= new Invalid('One part named file is wanted', { file: 'is wanted once' });
        return;
      }
      file = this.store(key, stream, info.filename ?? '');
      // awaited below; a failure meanwhile must not count as unhandled
      file.catch((error: Error) => {
        stream.resume();
        fault ??= error;
      });
    });
    parser.on('filesLimit', () => {
      fault ??= new Invalid('One part named file is wanted', { file: 'is wanted once' });
    });
    try {
      await pipeline(request, parser);
    } catch (error) {
      await file?.catch(() => undefined);
      throw fault ?? new Invalid(`The form cannot be read: ${(error as Error).message}`, { file: 'cannot be read' });
    }
    if (!file) throw fault ?? new Invalid('file is missing', { file: 'is missing' });
    const kept = await file;
    if (fault) throw fault;
    return { fields, ...kept };
  }

  private async store(
    key: string,
    stream: Readable & { truncated?: boolean },
    fileName: string,
  ): Promise<Pick<Form, 'fileName' | 'type' | 'stored'>> {
    const sniffed = new Sniffer();
    const through = new PassThrough();
    // both are waited for: the storage tidies up after a stream that breaks off, and must be done before we answer
    const [stored, passed] = await Promise.allSettled([
      this.storage.put(key, through, 'application/octet-stream'),
      pipeline(stream, sniffed, through),
    ]);
    if (passed.status === 'rejected') throw passed.reason;
    if (stored.status === 'rejected') throw stored.reason;
    if (stream.truncated) throw new RecordingTooLarge(this.config.dtech.maxRecordingBytes);
    if (!sniffed.type) throw new NotAudio();
    return { fileName, type: sniffed.type, stored: stored.value };
  }
}

function busboyOf(request: IncomingMessage, maxBytes: number): busboy.Busboy {
  try {
    return busboy({
      headers: request.headers,
      defParamCharset: 'utf8',
      limits: {
        files: 1,
        fileSize: maxBytes,
        fields: 10,
        fieldSize: 1000,
        fieldNameSize: 100,
        parts: 12,
        headerPairs: 20,
      },
    });
  } catch (error) {
    throw new Invalid(`The form cannot be read: ${(error as Error).message}`);
  }
}

/** Passes bytes on and looks at the first of them; fails at once when they are no audio. */
class Sniffer extends Transform {
  type: RecordingType | undefined;
  private head: Buffer | undefined = Buffer.alloc(0);

  override _transform(chunk: Buffer, _encoding: string, done: (error: Error | null, chunk?: Buffer) => void): void {
    if (!this.head) return done(null, chunk);
    this.head = Buffer.concat([this.head, chunk]);
    if (this.head.length < SNIFF_BYTES) return done(null);
    this.release(done);
  }

  override _flush(done: (error: Error | null, chunk?: Buffer) => void): void {
    if (!this.head) return done(null);
    this.release(done);
  }

  private release(done: (error: Error | null, chunk?: Buffer) => void): void {
    const head = this.head ?? Buffer.alloc(0);
    this.head = undefined;
    this.type = sniffAudio(head);
    if (this.type) done(null, head);
    else done(new NotAudio());
  }
}
