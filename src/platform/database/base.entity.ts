import { CreateDateColumn, PrimaryColumn, UpdateDateColumn } from 'typeorm';

/** What every row has: a UUIDv7 made by the application, and times by the database's clock (millisecond grain). */
export abstract class BaseRow {
  @PrimaryColumn('uuid')
  id: string;

  @CreateDateColumn({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  created_at: Date;
}

/** A row that changes after it was made. */
export abstract class ChangingRow extends BaseRow {
  @UpdateDateColumn({ type: 'timestamptz', precision: 3, default: () => 'now()' })
  updated_at: Date;
}
