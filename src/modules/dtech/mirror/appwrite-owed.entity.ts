import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../../../platform/database/base.entity';

/** What Appwrite keeps a document of. */
export type MirroredKind = 'sale' | 'recording';

/** An object that is mirrored: which of its states is owed to Appwrite, and which is there. One row per object. */
@Entity('appwrite_owed')
export class AppwriteOwedRow extends ChangingRow {
  @Column('text')
  kind: MirroredKind;

  /** The sale's or recording's own key; the document in Appwrite has the same. */
  @Column('uuid')
  object_id: string;

  /** Rises with each change that is owed. */
  @Column('bigint', { default: 1 })
  version: number;

  /** The object's `updated_at` when it was mirrored last; null: there is no document yet, as far as we know. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  mirrored_state: Date | null;

  /** Rises with each claim; a worker whose claim is an older one writes nothing more. */
  @Column('bigint', { default: 0 })
  claim: number;

  /** Attempts since the last success. */
  @Column('integer', { default: 0 })
  attempts: number;

  /** Null: nothing is owed. While a worker has it: the end of the lease. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  next_attempt_at: Date | null;

  @Column('text', { nullable: true })
  failure: string | null;
}
