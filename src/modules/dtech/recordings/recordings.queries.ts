import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Database } from '../../../platform/database/database';
import { decodeTimeCursor, pageOf, type PageQuery, timeKey } from '../../../platform/http/page';
import { RecordingNotFound } from '../dtech.errors';
import { maySeeSale } from '../processes/sales-process.repository';
import { RecordingRepository } from './recording.repository';
import { type RecordingReply, type RecordingsReply, recordingView } from './recording.view';
import { RecordingsService } from './recordings.service';
import type { SaleRecordingRow } from './sale-recording.entity';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What is read about the recordings of sales. */
@Injectable()
export class RecordingsQueries {
  constructor(
    private readonly database: Database,
    private readonly recordings: RecordingRepository,
    private readonly service: RecordingsService,
  ) {}

  /** A page of a sale's recordings, newest first; files that are still being received are not among them. */
  async ofSale(actor: Actor, spid: string, query: PageQuery): Promise<RecordingsReply> {
    await this.service.saleOf(actor, spid);
    const after = decodeTimeCursor(query.cursor);
    const rows = await this.database.read.rows<SaleRecordingRow>(
      `select * from sale_recording
        where sales_process_id = $1 and (source <> 'upload' or size_bytes is not null)
          and ($2::timestamptz is null or (created_at, id) < ($2::timestamptz, $3::uuid))
        order by created_at desc, id desc limit $4`,
      [spid, after?.at ?? null, after?.id ?? null, query.limit + 1],
    );
    const page = pageOf(rows, query.limit, timeKey);
    return { recordings: page.rows.map(recordingView), count: page.rows.length, next_cursor: page.nextCursor };
  }

  /** The state of one upload. */
  async one(actor: Actor, uploadId: string): Promise<RecordingReply> {
    const row = UUID.test(uploadId) ? await this.recordings.withOwner(this.database.read, uploadId) : undefined;
    if (!row || !maySeeSale(actor, row)) throw new RecordingNotFound(uploadId);
    return { recording: recordingView(row) };
  }
}
