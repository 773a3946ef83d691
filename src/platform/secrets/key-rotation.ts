import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../database/database';
import { SecretBox } from './secret-box';

/** A column that holds sealed text, in a table whose primary key is `id`. */
export interface SealedColumn {
  table: string;
  column: string;
}

const BATCH = 100;
const IDENTIFIER = /^[a-z_][a-z0-9_]*$/;

/** Seals anew, under the first key of the ring, what an older key sealed. Rooms register their sealed columns. */
@Injectable()
export class KeyRotation {
  private readonly logger = new Logger('KeyRotation');
  private readonly columns: SealedColumn[] = [];

  constructor(
    private readonly database: Database,
    private readonly box: SecretBox,
  ) {}

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
        const place = { table, row: id, column };
        await tx.rows(`update ${table} set ${column} = $2 where id = $1`, [
          id,
          this.box.seal(this.box.open(sealed, place), place),
        ]);
      }
      return { count: rows.length, last: rows.length === BATCH ? rows.at(-1)?.id : undefined };
    });
  }
}
