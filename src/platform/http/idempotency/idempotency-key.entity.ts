import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../database/base.entity';

/** One request made under an Idempotency-Key: being answered while `status` is null, answered otherwise. */
@Entity('idempotency_key')
export class IdempotencyKeyRow extends BaseRow {
  /** Hash of caller, method, path and key: one of each. */
  @Column('text')
  scope_hash: string;

  /** Hash of query and body: the same key must come with the same. */
  @Column('text')
  request_hash: string;

  /** Who answers at present; what a holder writes after he has lost the lease is not taken. */
  @Column('uuid')
  lease_token: string;

  /** When the key is free again although there is no answer, because whoever held it died. */
  @Column({ type: 'timestamptz', precision: 3 })
  leased_until: Date;

  @Column('integer', { nullable: true })
  status: number | null;

  @Column('jsonb', { nullable: true })
  headers: Record<string, string> | null;

  @Column('text', { nullable: true })
  answer: string | null;

  /** The answer of a route that shows a secret, sealed. */
  @Column('text', { nullable: true })
  sealed_answer: string | null;

  @Column({ type: 'timestamptz', precision: 3 })
  expires_at: Date;
}
