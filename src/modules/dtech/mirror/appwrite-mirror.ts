import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import type { Databases } from 'node-appwrite';
import { Config } from '../../../platform/config/config';
import type { Tx } from '../../../platform/database/database';
import { type EventPlanner, EventPlanners, type NumberedEvent } from '../../../platform/events/planners';
import { JobQueue } from '../../../platform/jobs/job-queue';
import { type JobContext, JobRunner } from '../../../platform/jobs/job-runner';
import { saleRecordingUpdated, saleStarted, saleUpdated } from '../sales.events';
import { failureOf, isAnswer, openAppwrite, wordsOf } from './appwrite-client';
import { drainMirror, sweepMirror } from './mirror.job';
import { type ClaimedMirror, MirrorRepository } from './mirror.repository';

const AT_ONCE = 8;
/** Pauses, in milliseconds, while Appwrite takes nothing: doubled each time. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;
/** Seconds until a document that was refused is offered again. */
const REFUSED_DELAYS = [60, 300, 1_800, 7_200, 21_600] as const;

/**
 * Keeps a document in Appwrite for each sale and recording. The relay plans what is owed, a job brings it there; what
 * counts is the object's latest state, so nothing old can arrive after something new. While Appwrite as a whole takes
 * nothing, one document at a time is tried; nothing else in the product waits for it.
 */
@Injectable()
export class AppwriteMirror implements EventPlanner, OnModuleInit, OnApplicationBootstrap {
  readonly name = 'dtech.mirror';
  readonly events = [saleStarted.name, saleUpdated.name, saleRecordingUpdated.name];
  private readonly logger = new Logger(AppwriteMirror.name);
  private readonly appwrite: Databases | undefined;
  private closedUntil = 0;
  private pauses = 0;

  constructor(
    private readonly config: Config,
    private readonly planners: EventPlanners,
    private readonly runner: JobRunner,
    private readonly jobs: JobQueue,
    private readonly repository: MirrorRepository,
  ) {
    this.appwrite = config.appwrite && openAppwrite(config.appwrite);
  }

  onModuleInit(): void {
    this.runner.register(drainMirror, (_data, context) => this.drain(context));
    this.runner.registerSweep(sweepMirror, async () => {
      if (this.appwrite && this.isOpen() && (await this.repository.isDue())) this.ring();
    });
    if (this.appwrite) this.planners.register(this);
  }

  onApplicationBootstrap(): void {
    if (!this.appwrite || !this.config.runsJobs) return;
    void this.repository.oweMissed().then(
      (count) => count > 0 && this.ring(),
      (error: Error) => this.logger.warn(`what Appwrite missed was not found: ${error.message}`),
    );
  }

  /** @internal called by the relay */
  async plan(tx: Tx, events: NumberedEvent[]): Promise<void> {
    const idsOf = (prefix: string): string[] =>
      events
        .filter(({ aggregate }) => aggregate.startsWith(prefix))
        .map(({ aggregate }) => aggregate.slice(prefix.length));
    await this.repository.owe(tx, 'sale', idsOf('sale:'));
    await this.repository.owe(tx, 'recording', idsOf('sale-recording:'));
    tx.afterCommit(() => this.ring());
  }

  /** Tries Appwrite again now, whatever it did last. */
  tryNow(): void {
    this.closedUntil = 0;
    this.ring();
  }

  private ring(): void {
    void this.jobs.ring(drainMirror, {}, { dedupId: 'mirror' });
  }

  private isOpen(): boolean {
    return Date.now() >= this.closedUntil;
  }

  private async drain({ signal }: JobContext): Promise<void> {
    while (this.appwrite && !signal.aborted && this.isOpen()) {
      const claimed = await this.repository.claim(this.pauses > 0 ? 1 : AT_ONCE);
      if (claimed.length === 0) return;
      await Promise.all(claimed.map((one) => this.mirror(one)));
    }
  }

  private async mirror(one: ClaimedMirror): Promise<void> {
    if (!one.data) return this.repository.forget(one);
    try {
      await this.write(one, one.data);
    } catch (error) {
      const words = wordsOf(error);
      const { kind, object_id, attempts } = one.owed;
      if (failureOf(error) === 'closed') {
        this.close(words);
        return this.repository.failed(one, words, 0, false);
      }
      this.logger.warn({ kind, object: object_id, reason: words }, 'Appwrite refuses a document');
      const delay = REFUSED_DELAYS[Math.min(attempts, REFUSED_DELAYS.length) - 1] ?? 60;
      return this.repository.failed(one, words, delay, true);
    }
    if (this.pauses > 0) this.logger.log('Appwrite takes changes again');
    this.pauses = 0;
    await this.repository.mirrored(one);
  }

  /** Creates or changes the document, whichever it turns out to need. */
  private async write({ owed }: ClaimedMirror, data: Record<string, string>): Promise<void> {
    const { databaseId = '', salesCollectionId = '', recordingsCollectionId = '' } = this.config.appwrite ?? {};
    const collectionId = owed.kind === 'sale' ? salesCollectionId : recordingsCollectionId;
    const target = { databaseId, collectionId, documentId: owed.object_id, data };
    const create = (): Promise<unknown> | undefined => this.appwrite?.createDocument(target);
    const change = (): Promise<unknown> | undefined => this.appwrite?.updateDocument(target);
    try {
      await (owed.mirrored_state ? change() : create());
    } catch (error) {
      if (owed.mirrored_state && isAnswer(error, 404, 'document_not_found')) await create();
      else if (!owed.mirrored_state && isAnswer(error, 409)) await change();
      else throw error;
    }
  }

  /** Appwrite as a whole takes nothing. Those that fail together are one failure. */
  private close(words: string): void {
    if (!this.isOpen()) return;
    if (this.pauses === 0) this.logger.warn(`Appwrite takes no changes for now: ${words}`);
    this.closedUntil = Date.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.pauses);
    this.pauses += 1;
  }
}
