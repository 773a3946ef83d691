import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import type { Reader, Tx } from '../../../platform/database/database';
import { EventLog } from '../../../platform/events/event-log';
import { SecretBox } from '../../../platform/secrets/secret-box';
import type { SalesProcessRow } from '../processes/sales-process.entity';
import { saleRecordingUpdated } from '../sales.events';
import { recordingView } from './recording.view';
import type { RecordingSource, RecordingType, SaleRecordingRow } from './sale-recording.entity';

/** A row to be. */
export interface NewRecording {
  id: string;
  process: Pick<SalesProcessRow, 'id' | 'sales_process_id'>;
  source: RecordingSource;
  fileName: string;
  start: Date;
  end: Date;
  contentType: RecordingType;
  recordingId?: string;
  uploadUrl?: string;
  uploadUrlExpiresAt?: Date | null;
  md5?: string;
  sizeBytes?: number;
  storageKey?: string;
  callRecordingId?: string;
}

const urlPlace = (id: string): { table: string; row: string; column: string } => ({
  table: 'sale_recording',
  row: id,
  column: 'upload_url',
});

/** Rows of recordings, and what is told of their changes. */
@Injectable()
export class RecordingRepository {
  constructor(
    private readonly eventLog: EventLog,
    private readonly secrets: SecretBox,
  ) {}

  /** Adds a row; undefined when the recording of that call is there already. */
  insert(tx: Tx, recording: NewRecording): Promise<SaleRecordingRow | undefined> {
    return tx.one<SaleRecordingRow>(
      `insert into sale_recording (id, process_id, sales_process_id, status, source, file_name, recorded_at, ended_at,
         content_type, recording_id, upload_url, upload_url_expires_at, md5, size_bytes, storage_key, call_recording_id)
       values ($1, $2, $3, 'pending', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
       on conflict (call_recording_id) do nothing returning *`,
      [
        recording.id,
        recording.process.id,
        recording.process.sales_process_id,
        recording.source,
        recording.fileName,
        recording.start,
        recording.end,
        recording.contentType,
        recording.recordingId ?? null,
        recording.uploadUrl ? this.sealUrl(recording.id, recording.uploadUrl) : null,
        recording.uploadUrlExpiresAt ?? null,
        recording.md5 ?? null,
        recording.sizeBytes ?? null,
        recording.storageKey ?? null,
        recording.callRecordingId ?? null,
      ],
    );
  }

  /** The recording and the owner of its sale; undefined when there is none. */
  withOwner(reader: Reader, id: string): Promise<(SaleRecordingRow & { owner_user_id: string | null }) | undefined> {
    return reader.one(
      `select r.*, p.owner_user_id from sale_recording r join sales_process p on p.id = r.process_id where r.id = $1`,
      [id],
    );
  }

  /** The row, locked until the transaction ends. */
  locked(tx: Tx, id: string): Promise<SaleRecordingRow | undefined> {
    return tx.one<SaleRecordingRow>('select * from sale_recording where id = $1 for update', [id]);
  }

  /** Sets columns by SQL (`$2` and on are `params`) and tells of it. */
  async set(tx: Tx, actor: Actor, id: string, sets: string, params: unknown[] = []): Promise<SaleRecordingRow> {
    const row = await tx.one<SaleRecordingRow>(
      `update sale_recording set ${sets}, updated_at = now() where id = $1 returning *`,
      [id, ...params],
    );
    if (!row) throw new Error(`recording ${id} is gone`);
    await this.tell(tx, actor, row);
    return row;
  }

  /** Tells of a recording; the owner of its sale, admins and API keys hear it. */
  async tell(tx: Tx, actor: Actor, row: SaleRecordingRow): Promise<void> {
    const process = await tx.one<Pick<SalesProcessRow, 'owner_user_id' | 'customer_id'>>(
      'select owner_user_id, customer_id from sales_process where id = $1',
      [row.process_id],
    );
    this.eventLog.append(tx, saleRecordingUpdated, recordingView(row), {
      actor,
      aggregate: `sale-recording:${row.id}`,
      audience: { users: process?.owner_user_id ? [process.owner_user_id] : [], scope: 'sales:read' },
      subjectCustomerId: process?.customer_id ?? null,
    });
  }

  sealUrl(id: string, url: string): string {
    return this.secrets.seal(url, urlPlace(id));
  }

  openUrl(row: Pick<SaleRecordingRow, 'id' | 'upload_url'>): string | undefined {
    return row.upload_url ? this.secrets.open(row.upload_url, urlPlace(row.id)) : undefined;
  }
}
