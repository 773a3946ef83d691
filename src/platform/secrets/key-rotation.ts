import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../config/config';
import { Database } from '../database/database';
import { CannotOpen, SecretBox, type SecretPlace } from './secret-box';

/** A column that holds sealed text, in a table whose primary key is `id`. */
export interface SealedColumn {
  table: string;
  column: string;
}

const BATCH = 100;
const IDENTIFIER = /^[a-z_][a-z0-9_]*$/;

/**
 * Seals anew, under the first key of the ring, what an older key sealed. Rooms register their sealed columns. Runs in
 * the background at every start; once it has, the older key may be taken out of ENCRYPTION_KEYS.
 */
@Injectable()
export class KeyRotation implements OnApplicationBootstrap {
  private readonly logger = new Logger('KeyRotation');
  private readonly columns: SealedColumn[] = [];

  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
    private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.runsJobs) return;
    void this.rotate().catch((error: Error) =>
      this.logger.warn(`sealed values were not sealed anew: ${error.message}`),
    );
  }

  /** Names a column with sealed values; called in a room's `onModuleInit`. */
  register(sealed: SealedColumn): void {
    if (!IDENTIFIER.test(sealed.table) || !IDENTIFIER.test(sealed.column)) throw new Error('not a table and column');
    this.columns.push(sealed);
  }

  /** Goes through every registered column in small transactions and says how many values were sealed anew. */
  async rotate(): Promise<number> {
    let total = 0;
    for (const sealed of this.columns) {
      for (let after: string | undefined; ;) {
        const batch = await this.rotateBatch(sealed, after);
        total += batch.count;
        after = batch.last;
        if (after === undefined) break;
      }
    }
    if (total > 0) this.logger.log(`${total} sealed values now use the first key`);
    return total;
  }

  /** The rows are locked while they are sealed anew, so that a value changed meanwhile is never put back. */
  private rotateBatch(
    { table, column }: SealedColumn,
    after: string | undefined,
  ): Promise<{ count: number; last?: string }> {
    return this.database.transaction(async (tx) => {
      const rows = await tx.rows<{ id: string; sealed: string }>(
        `select id, ${column} as sealed from ${table}
         where ${column} is not null and not starts_with(${column}, $1) and ($2::uuid is null or id > $2::uuid)
         order by id limit ${BATCH} for update`,
        [this.box.currentPrefix, after ?? null],
      );
      for (const { id, sealed } of rows) {
        const anew = this.sealedAnew(sealed, { table, row: id, column });
        if (anew) await tx.rows(`update ${table} set ${column} = $2 where id = $1`, [id, anew]);
      }
      return { count: rows.length, last: rows.length === BATCH ? rows.at(-1)?.id : undefined };
    });
  }

  /** One value that does not open is told and left: it must not keep the others under the old key. */
  private sealedAnew(sealed: string, place: SecretPlace): string | undefined {
    try {
      return this.box.seal(this.box.open(sealed, place), place);
    } catch (error) {
      if (!(error instanceof CannotOpen)) throw error;
      this.logger.warn(error.message);
      return undefined;
    }
  }
}
