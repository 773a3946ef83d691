import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import type { Tx } from '../../../platform/database/database';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { CallLedger } from '../call-ledger';
import type { CallRecording } from './call-recording.entity';
import { fetchRecordings } from './recordings.job';

/** What the carrier tells of a recording; it only ever goes forward. */
@Injectable()
export class RecordingSteps {
  constructor(
    private readonly ledger: CallLedger,
    private readonly jobs: JobQueue,
  ) {}

  /** One callback about the recording that our own address names. */
  async told(tx: Tx, _actor: Actor, id: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const found = await tx.one<{ call_id: string }>('select call_id from call_recording where id::text = $1', [id]);
    if (!found) return;
    const call = await this.ledger.lock(tx, { id: found.call_id });
    const row = await tx.one<CallRecording>('select * from call_recording where id::text = $1 for update', [id]);
    const { RecordingSid: sid = '', RecordingStatus: status } = fields;
    if (!row || !/^RE[0-9a-f]{32}$/.test(sid) || (row.provider_sid && row.provider_sid !== sid)) return;
    const isRunning = row.state === 'pending' || row.state === 'recording' || row.state === 'paused';
    if (status === 'in-progress' && row.state === 'pending') {
      await tx.rows(
        `update call_recording set state = 'recording', provider_sid = $2, started_at = $3, updated_at = now() where id = $1`,
        [row.id, sid, call.at],
      );
    }
    if (status === 'completed' && isRunning) {
      const duration = /^\d{1,9}$/.test(fields.RecordingDuration ?? '') ? Number(fields.RecordingDuration) : null;
      const end = call.row.ended_at ?? call.at;
      await tx.rows(
        `update call_recording set state = 'processing', provider_sid = $2, duration_seconds = $3,
           ended_at = greatest($4::timestamptz, started_at), due_at = clock_timestamp(), updated_at = now(),
           started_at = coalesce(started_at, $4::timestamptz - make_interval(secs => coalesce($3::int, 0))) where id = $1`,
        [row.id, sid, duration, row.kind === 'call' ? end : call.at],
      );
      tx.afterCommit(() => void this.jobs.ring(fetchRecordings, {}, { dedupId: 'due' }));
    }
    if ((status === 'absent' || status === 'failed') && isRunning) {
      await tx.rows(
        `update call_recording set state = 'failed', provider_sid = $2, error = $3, updated_at = now() where id = $1`,
        [row.id, sid, `carrier: ${status}`],
      );
    }
  }
}
