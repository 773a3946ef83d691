import { Injectable } from '@nestjs/common';
import { Database, type Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import type { SalesProcessRow } from '../processes/sales-process.entity';
import type { SaleRecordingRow } from '../recordings/sale-recording.entity';
import type { AppwriteOwedRow, MirroredKind } from './appwrite-owed.entity';

/** Longer than the requests for one document may take. */
const LEASE_SECONDS = 60;

/** A claimed row and the object as it is now; no `data` when there is no such object any more. */
export interface ClaimedMirror {
  owed: AppwriteOwedRow;
  /** The document's attributes. */
  data: Record<string, string> | undefined;
  /** The object's `updated_at`. */
  state: Date | undefined;
}

/** What is owed to Appwrite: which object, which of its states, since when, and who is at it. */
@Injectable()
export class MirrorRepository {
  constructor(private readonly database: Database) {}

  /** Owes these objects' present states. A row that somebody is at, or that waits its turn, keeps its time. */
  async owe(tx: Tx, kind: MirroredKind, objectIds: readonly string[]): Promise<void> {
    // sorted, so that two who owe the same objects do not wait for each other
    const ids = [...new Set(objectIds)].sort();
    await tx.rows(
      `insert into appwrite_owed (id, kind, object_id, next_attempt_at)
       select o.id, $1, o.object_id, now() from unnest($2::uuid[], $3::uuid[]) as o(id, object_id)
       on conflict (kind, object_id) do update
         set version = appwrite_owed.version + 1, updated_at = now(),
           next_attempt_at = coalesce(appwrite_owed.next_attempt_at, now())`,
      [kind, ids.map(() => newId()), ids],
    );
  }

  /** Owes everything that changed while nothing was planned: before Appwrite was set up, or while it was unset. */
  async oweMissed(): Promise<number> {
    let count = 0;
    for (const [kind, table] of [
      ['sale', 'sales_process'],
      ['recording', 'sale_recording'],
    ] as const) {
      const missed = await this.database.read.rows<{ id: string }>(
        `select o.id from ${table} o left join appwrite_owed m on m.kind = $1 and m.object_id = o.id
          where (m.id is null or (m.next_attempt_at is null and m.mirrored_state is distinct from o.updated_at))
            ${kind === 'recording' ? RECEIVED : ''}`,
        [kind],
      );
      count += missed.length;
      for (let at = 0; at < missed.length; at += 1_000) {
        const ids = missed.slice(at, at + 1_000).map(({ id }) => id);
        await this.database.transaction((tx) => this.owe(tx, kind, ids));
      }
    }
    return count;
  }

  async isDue(): Promise<boolean> {
    return (await this.database.read.one(`select 1 from appwrite_owed where next_attempt_at <= now() limit 1`)) != null;
  }

  /** Takes what is due, oldest first. The lease is the due time, moved on: a worker that dies gives it back by itself. */
  claim(limit: number): Promise<ClaimedMirror[]> {
    return this.database.transaction(async (tx) => {
      const owed = await tx.rows<AppwriteOwedRow>(
        `update appwrite_owed set claim = claim + 1, attempts = attempts + 1, updated_at = now(),
           next_attempt_at = now() + $2 * interval '1 second'
          where id in (select id from appwrite_owed where next_attempt_at <= now()
                        order by next_attempt_at limit $1 for update skip locked)
          returning *`,
        [limit, LEASE_SECONDS],
      );
      const ids = (kind: MirroredKind): string[] => owed.filter((row) => row.kind === kind).map((row) => row.object_id);
      // read after the claim: a change that comes later raises the version, and is owed again
      const sales = await tx.rows<SalesProcessRow>('select * from sales_process where id = any($1::uuid[])', [
        ids('sale'),
      ]);
      const recordings = await tx.rows<SaleRecordingRow>('select * from sale_recording where id = any($1::uuid[])', [
        ids('recording'),
      ]);
      const objects = new Map<string, Pick<ClaimedMirror, 'data' | 'state'>>([
        ...sales.map((row) => [row.id, { data: saleDocument(row), state: row.updated_at }] as const),
        ...recordings.map((row) => [row.id, { data: recordingDocument(row), state: row.updated_at }] as const),
      ]);
      return owed.map((row) => ({
        owed: row,
        ...(objects.get(row.object_id) ?? { data: undefined, state: undefined }),
      }));
    });
  }

  /** It is there. Owed again at once when it changed meanwhile, or when another worker has claimed it since. */
  async mirrored({ owed, state }: ClaimedMirror): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows(
        `update appwrite_owed set updated_at = now(), mirrored_state = $4, failure = null,
           attempts = case when claim = $2 then 0 else attempts end,
           next_attempt_at = case when claim <> $2 then coalesce(next_attempt_at, now())
                                  when version <> $3 then now() end,
           version = case when claim = $2 then version else version + 1 end
          where id = $1`,
        [owed.id, owed.claim, owed.version, state],
      ),
    );
  }

  /** It did not get there; tried again after this many seconds. `counts`: whether that was the document's own fault. */
  async failed({ owed }: ClaimedMirror, words: string, seconds: number, counts: boolean): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows(
        `update appwrite_owed set updated_at = now(), failure = $3, next_attempt_at = now() + $4::float8 * interval '1 second',
           attempts = attempts - $5::int
          where id = $1 and claim = $2`,
        [owed.id, owed.claim, words, seconds, counts ? 0 : 1],
      ),
    );
  }

  /** The object is gone, and with it what is owed. */
  async forget({ owed }: ClaimedMirror): Promise<void> {
    await this.database.transaction((tx) =>
      tx.rows('delete from appwrite_owed where id = $1 and claim = $2', [owed.id, owed.claim]),
    );
  }
}

/** A file that is still being received is nothing yet, and may never be. */
const RECEIVED = `and (o.source <> 'upload' or o.size_bytes is not null)`;

// Until the gateway has given its id, ours stands in: it is unique too, and nothing is missing in Appwrite.
const saleDocument = (row: SalesProcessRow): Record<string, string> => ({
  sales_process_id: row.sales_process_id ?? row.id,
  status: row.status,
  agent_id: row.agent_id,
  lead_name: row.lead_name,
  lead_phone: row.lead_phone,
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
});

const recordingDocument = (row: SaleRecordingRow): Record<string, string> => ({
  recording_id: row.recording_id ?? row.id,
  sales_process_id: row.sales_process_id,
  status: row.status,
  file_name: row.file_name,
  recorded_at: row.recorded_at.toISOString(),
});
