import { Injectable, Logger } from '@nestjs/common';
import { Config } from '../config/config';
import { Database, type Tx } from '../database/database';

/** What a room puts into an empty database, so that a new user sees something. */
export interface SampleStep {
  room: string;
  /** Lower first: identity 10, people 20, core 30, work 40. */
  order: number;
  create(tx: Tx): Promise<void>;
}

/** Any number, the same in every process. */
const SAMPLE_LOCK = 7_316_024;

/** Creates the rooms' sample data, all or none of it, once. */
@Injectable()
export class SampleData {
  private readonly logger = new Logger(SampleData.name);
  private readonly steps: SampleStep[] = [];

  constructor(
    private readonly config: Config,
    private readonly database: Database,
  ) {}

  /** Called by rooms in `onModuleInit`. */
  register(step: SampleStep): void {
    this.steps.push(step);
  }

  /** Creates everything in one transaction if it was never done in this database; says whether it did. */
  async createOnce(): Promise<boolean> {
    if (!this.config.sampleData) return false;
    return this.database.transaction(async (tx) => {
      await tx.rows('select pg_advisory_xact_lock($1)', [SAMPLE_LOCK]);
      if (await tx.one('select 1 from sample_data')) return false;
      // the admin that ADMIN_EMAIL made at this start does not make the database a used one
      const first = this.config.firstAdmin?.email.toLowerCase() ?? null;
      if (await tx.one('select 1 from user_account where email is distinct from $1 limit 1', [first])) return false;
      for (const step of this.steps.sort((a, b) => a.order - b.order)) await step.create(tx);
      await tx.rows('insert into sample_data default values');
      this.logger.log(`sample data created by ${this.steps.map((step) => step.room).join(', ')}`);
      return true;
    });
  }

  /** Whether this database holds the sample data. */
  async isThere(): Promise<boolean> {
    return (await this.database.read.one('select 1 from sample_data')) !== undefined;
  }
}
