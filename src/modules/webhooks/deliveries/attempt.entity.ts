import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One request to an endpoint, and what came of it. */
@Entity('webhook_attempt')
export class AttemptRow {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid')
  delivery_id: string;

  @Column('integer')
  number: number;

  @Column({ type: 'timestamptz', precision: 3 })
  started_at: Date;

  @Column('integer')
  duration_ms: number;

  /** The HTTP status; null when no answer came. */
  @Column('integer', { nullable: true })
  status: number | null;

  @Column('text', { nullable: true })
  error: string | null;

  /** The first 1,000 characters of the answer. */
  @Column('text', { nullable: true })
  response: string | null;
}
