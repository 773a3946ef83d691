import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { Database, type Tx } from '../../../platform/database/database';
import { decodeCursor, decodeTimeCursor, pageOf } from '../../../platform/http/page';
import type { PageQuery } from '../../../platform/http/page';
import { Invalid } from '../../../platform/errors';
import { newId } from '../../../platform/time/ids';
import { maySeeCall, visibleCallsSql } from '../call-access';
import { CallLedger, type LockedCall } from '../call-ledger';
import { CallNotFound, TranscriptClosed } from '../calls.errors';
import { transcriptMessage } from '../calls.events';
import { CallsQueries } from '../calls.queries';
import type { TranscriptMessage } from './transcript.entity';
import { type FoundMessages, messageView, type MessageView, type TranscriptReply } from './transcript.view';
import type { AddMessage, SearchTranscripts } from './transcripts.dto';

/** What is said in calls: written down in order, read, searched. */
@Injectable()
export class TranscriptsService {
  constructor(
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly calls: CallsQueries,
  ) {}

  /**
   * Adds a message. Concurrent messages are put in order by the lock on the call; a call that is over takes none.
   */
  add(actor: Actor, code: string, input: AddMessage): Promise<MessageView> {
    return this.database.transaction(async (tx) => {
      const call = await this.ledger.lock(tx, { code });
      if (!maySeeCall(actor, call.row)) throw new CallNotFound(code);
      if (call.row.ended_at) throw new TranscriptClosed('The call is over; its transcript is closed');
      return this.write(tx, actor, call, input);
    });
  }

  /** Adds a message to the transcript of a locked call that is going on. */
  async write(tx: Tx, actor: Actor, { row, at }: LockedCall, input: AddMessage): Promise<MessageView> {
    const message = await tx.one<TranscriptMessage>(
      `with t as (
         insert into transcript (id, call_id, last_sequence) values ($1, $2, 1)
         on conflict (call_id) do update set last_sequence = transcript.last_sequence + 1 returning last_sequence)
       insert into transcript_message (id, call_id, sequence, speaker, content, language, at)
       select $3, $2, last_sequence, $4, $5, $6, $7 from t returning *`,
      [newId(), row.id, newId(), input.speaker, input.content, input.language ?? null, at],
    );
    if (!message) throw new Error('the message is gone');
    const view = messageView(message);
    this.ledger.tell(tx, actor, row, transcriptMessage, { call_id: row.code, ...view });
    return view;
  }

  /** A call's transcript, in order. */
  async read(actor: Actor, code: string, query: PageQuery): Promise<TranscriptReply> {
    const call = await this.calls.visible(actor, code);
    const [after = 0] = decodeCursor(query.cursor, 1) ?? [];
    if (typeof after !== 'number' || !Number.isInteger(after) || after < 0 || after > 2 ** 31 - 1) {
      throw new Invalid('cursor is not one of ours', { cursor: 'is not one of ours' });
    }
    const rows = await this.database.read.rows<TranscriptMessage>(
      'select * from transcript_message where call_id = $1 and sequence > $2 order by sequence limit $3',
      [call.id, after, query.limit + 1],
    );
    const page = pageOf(rows, query.limit, (row) => [row.sequence]);
    return {
      success: true,
      call_id: call.code,
      closed: call.ended_at !== null,
      messages: page.rows.map(messageView),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }

  /** Messages that hold all the words, newest first, of the calls the actor may see. */
  async search(actor: Actor, query: SearchTranscripts): Promise<FoundMessages> {
    const params: unknown[] = [query.q];
    const param = (value: unknown): string => `$${params.push(value)}`;
    const where = [
      `to_tsvector('simple', m.content) @@ plainto_tsquery('simple', $1)`,
      visibleCallsSql(actor, 'c', params),
    ];
    const after = decodeTimeCursor(query.cursor);
    if (after) where.push(`(m.at, m.id) < (${param(after.at)}::timestamptz, ${param(after.id)}::uuid)`);
    const rows = await this.database.read.rows<TranscriptMessage & { code: string }>(
      `select m.*, c.code from transcript_message m join call c on c.id = m.call_id
        where ${where.join(' and ')} order by m.at desc, m.id desc limit ${param(query.limit + 1)}`,
      params,
    );
    const page = pageOf(rows, query.limit, (row) => [row.at.toISOString(), row.id]);
    return {
      success: true,
      messages: page.rows.map((row) => ({ call_id: row.code, ...messageView(row) })),
      count: page.rows.length,
      next_cursor: page.nextCursor,
      timestamp: new Date().toISOString(),
    };
  }
}
