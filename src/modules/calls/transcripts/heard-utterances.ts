import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../../platform/access/actor';
import { systemActor } from '../../../platform/access/actor';
import { Database, type Tx } from '../../../platform/database/database';
import { newId } from '../../../platform/time/ids';
import { CallLedger, type LockedCall } from '../call-ledger';
import { DueBell } from '../queue/due-bell';
import { DueSweeper } from '../queue/due-sweeper';
import type { HeardUtterance } from './heard-utterance.entity';
import { TranscriptsService } from './transcripts.service';

const ACTOR = systemActor('transcription');
/** How long what was said later waits for what was said before it and has not come yet. */
const PATIENCE_SECONDS = 2;
const LONGEST = 10_000;

/**
 * What the carrier's transcription hears, written into the transcript in the order in which it was said, whatever the
 * order of its coming. A gap is waited for a moment; at the end of the call nothing is waited for.
 */
@Injectable()
export class HeardUtterances implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly ledger: CallLedger,
    private readonly transcripts: TranscriptsService,
    private readonly sweeper: DueSweeper,
    private readonly bell: DueBell,
  ) {}

  onModuleInit(): void {
    this.sweeper.register({
      name: 'heard',
      sql: `select call_id as id, min(created_at) + interval '${PATIENCE_SECONDS} seconds' as at
              from heard_utterance where not written group by call_id`,
      handle: (id) =>
        this.database.transaction(async (tx) => this.writeAll(tx, ACTOR, await this.ledger.lock(tx, { id }))),
    });
  }

  /** One callback of the carrier's. What is not final, or says nothing, only holds its place in the order. */
  async told(tx: Tx, actor: Actor, fields: Readonly<Record<string, string>>): Promise<void> {
    const { TranscriptionSid: sid = '', CallSid: callSid = '', TranscriptionEvent: event } = fields;
    const sequence = Number(fields.SequenceId);
    if (!sid || !Number.isInteger(sequence) || sequence < 0 || sequence > 1_000_000_000) return;
    const call = await this.ledger.lock(tx, { sid: callSid });
    // the transcript is closed with the call
    if (call.row.ended_at) return;
    const isSaid = event === 'transcription-content' && fields.Final === 'true';
    const content = isSaid ? saidIn(fields.TranscriptionData) : undefined;
    await tx.rows(
      `insert into heard_utterance (id, call_id, transcription_sid, sequence, speaker, content, language)
       values ($1, $2, $3, $4, $5, $6, $7) on conflict (transcription_sid, sequence) do nothing`,
      [
        newId(),
        call.row.id,
        sid,
        sequence,
        content ? (fields.Track === 'outbound_track' ? 'agent' : 'customer') : null,
        content ?? null,
        content ? languageTag(fields.LanguageCode) : null,
      ],
    );
    await this.write(tx, actor, call, sid);
    tx.afterCommit(() => this.bell.due(PATIENCE_SECONDS * 1000));
  }

  /** Writes everything that has come, gaps or not. */
  async writeAll(tx: Tx, actor: Actor, call: LockedCall): Promise<void> {
    const open = await tx.rows<HeardUtterance>(
      'select * from heard_utterance where call_id = $1 and not written order by transcription_sid, sequence',
      [call.row.id],
    );
    if (!call.row.ended_at) for (const heard of open) await this.writeOne(tx, actor, call, heard);
    await tx.rows('update heard_utterance set written = true where call_id = $1 and not written', [call.row.id]);
  }

  /** Writes what follows without a gap on what has been written. */
  private async write(tx: Tx, actor: Actor, call: LockedCall, sid: string): Promise<void> {
    const last = await tx.one<{ sequence: number | null }>(
      'select max(sequence) as sequence from heard_utterance where transcription_sid = $1 and written',
      [sid],
    );
    const open = await tx.rows<HeardUtterance>(
      'select * from heard_utterance where transcription_sid = $1 and not written order by sequence',
      [sid],
    );
    // the first thing told of a transcription is that it has started, under 1
    let next = (last?.sequence ?? 0) + 1;
    for (const heard of open) {
      if (heard.sequence > next) return;
      next = Math.max(next, heard.sequence + 1);
      await this.writeOne(tx, actor, call, heard);
      await tx.rows('update heard_utterance set written = true where id = $1', [heard.id]);
    }
  }

  private async writeOne(tx: Tx, actor: Actor, call: LockedCall, heard: HeardUtterance): Promise<void> {
    if (!heard.content || !heard.speaker) return;
    await this.transcripts.write(tx, actor, call, {
      speaker: heard.speaker,
      content: heard.content,
      language: heard.language ?? undefined,
    });
  }
}

/** The words in `{"transcript": …, "confidence": …}`; undefined for anything else. */
function saidIn(data: string | undefined): string | undefined {
  try {
    const { transcript } = JSON.parse(data ?? '') as { transcript?: unknown };
    const text = typeof transcript === 'string' ? transcript.replaceAll('\0', '').toWellFormed().trim() : '';
    return text === '' ? undefined : text.slice(0, LONGEST);
  } catch {
    return undefined;
  }
}

const languageTag = (code = ''): string | null => (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(code) ? code : null);
