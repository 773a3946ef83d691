import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { type EventPlanner, EventPlanners, type NumberedEvent } from '../../../platform/events/planners';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { newId } from '../../../platform/time/ids';
import { CallRecordings, type RecordingFile } from '../../calls';
import type { SalesProcessRow } from '../processes/sales-process.entity';
import { RecordingRepository } from './recording.repository';
import type { RecordingType } from './sale-recording.entity';
import { uploadRecording } from './upload.job';

const SELF = systemActor('dtech.recorded-calls');

/** What the calls room tells, as far as it matters here. */
interface Available {
  recording: { recording_id: string; kind: string };
}

/** What is told of a sale, as far as it matters here. */
interface Started {
  id: string;
  call_id: string | null;
}

/**
 * Sends the recordings of calls that belong to a sale to the gateway, by themselves and once each, whichever was there
 * first. The file stays the calls room's: it is read from where it is, and never deleted here.
 */
@Injectable()
export class RecordedCalls implements EventPlanner, OnModuleInit {
  readonly name = 'dtech.recorded-calls';
  readonly events = ['call.recording.available', 'sale.started'];

  constructor(
    private readonly planners: EventPlanners,
    private readonly calls: CallRecordings,
    private readonly recordings: RecordingRepository,
    private readonly jobs: JobQueue,
  ) {}

  onModuleInit(): void {
    this.planners.register(this);
  }

  /** @internal called by the relay */
  async plan(tx: Tx, events: NumberedEvent[]): Promise<void> {
    for (const event of events) {
      if (event.name === 'sale.started') await this.planSale(tx, event.data as unknown as Started);
      else await this.planRecording(tx, event.data as unknown as Available);
    }
  }

  private async planRecording(tx: Tx, { recording }: Available): Promise<void> {
    if (recording.kind !== 'call') return;
    const file = await this.calls.fileOf(recording.recording_id);
    const sale = file && (await this.saleOf(tx, file));
    if (file && sale) await this.owe(tx, file, sale);
  }

  /** A sale that is started when its call is over and recorded; what an earlier sale of that call has, it keeps. */
  private async planSale(tx: Tx, started: Started): Promise<void> {
    if (started.call_id === null) return;
    const sale = await tx.one<SalesProcessRow>('select * from sales_process where id = $1', [started.id]);
    if (!sale?.sales_process_id) return;
    for (const file of await this.calls.ofCall(started.call_id)) await this.owe(tx, file, sale);
  }

  /** The sale the call names, else the newest that was started in it. */
  private saleOf(tx: Tx, file: RecordingFile): Promise<SalesProcessRow | undefined> {
    return tx.one<SalesProcessRow>(
      `select * from sales_process where sales_process_id is not null and (sales_process_id = $1 or call_id = $2)
        order by (sales_process_id = $1) desc nulls last, created_at desc, id desc limit 1`,
      [file.salesProcessId, file.callId],
    );
  }

  private async owe(tx: Tx, file: RecordingFile, process: SalesProcessRow): Promise<void> {
    const type = typeOf(file.contentType);
    if (!type || !file.md5 || file.size <= 0) return;
    const row = await this.recordings.insert(tx, {
      id: newId(),
      process,
      source: 'call',
      fileName: `${file.callId}.${type === 'audio/wav' ? 'wav' : 'mp3'}`,
      start: file.startedAt,
      end: file.endedAt < file.startedAt ? file.startedAt : file.endedAt,
      contentType: type,
      md5: file.md5,
      sizeBytes: file.size,
      storageKey: file.storageKey,
      callRecordingId: file.recordingId,
    });
    // it is on its way already
    if (!row) return;
    await this.recordings.set(tx, SELF, row.id, 'next_attempt_at = now()');
    tx.afterCommit(() => void this.jobs.ring(uploadRecording, { recordingId: row.id }, { dedupId: row.id }));
  }
}

/** What the gateway takes, by the names there are for it; undefined for anything else. */
function typeOf(contentType: string): RecordingType | undefined {
  const [type = ''] = contentType.toLowerCase().split(';', 1);
  if (/^audio\/(wav|x-wav|wave|vnd\.wave)$/.test(type.trim())) return 'audio/wav';
  return /^audio\/(mpeg|mp3|x-mp3)$/.test(type.trim()) ? 'audio/mpeg' : undefined;
}
