import { Column, Entity } from 'typeorm';
import type { ActorSnapshot } from '../access/actor';
import { BaseRow } from '../database/base.entity';

/** Somebody did something that matters for security. Rows are only ever added: the database refuses the rest. */
@Entity('audit_entry')
export class AuditEntry extends BaseRow {
  @Column('jsonb')
  actor: ActorSnapshot;

  /** `api_key.revoked`, `user.role_changed`, `sign_in.failed` … */
  @Column('text')
  action: string;

  /** `user:<id>`, `api_key:<id>`, `email:<address>`. */
  @Column('text')
  object: string;

  @Column('jsonb')
  details: Record<string, unknown>;

  @Column('text', { nullable: true })
  request_id: string | null;
}
