import { Column, Entity } from 'typeorm';
import { ChangingRow } from '../../platform/database/base.entity';

/** A person who calls or is called: one per telephone number. */
@Entity('customer')
export class CustomerRow extends ChangingRow {
  /** `CUST-001` */
  @Column('text')
  code: string;

  @Column('text', { nullable: true })
  name: string | null;

  /** As it was sent. */
  @Column('text', { nullable: true })
  phone: string | null;

  /** What is matched on; null when what was sent is no telephone number. */
  @Column('text', { nullable: true })
  phone_e164: string | null;

  @Column('text', { nullable: true })
  email: string | null;

  @Column('text', { nullable: true })
  company: string | null;

  @Column('text', { nullable: true })
  notes: string | null;

  @Column('text', { array: true, default: [] })
  tags: string[];

  /** What first told of this person: `api`, `dialer`, `call`, `hubspot`. */
  @Column('text', { nullable: true })
  source: string | null;

  /** Set once the person's data has been removed; the row stays for what refers to it. */
  @Column({ type: 'timestamptz', precision: 3, nullable: true })
  anonymised_at: Date | null;

  /** Lower-case text that is searched; made by the database. */
  @Column({ type: 'text', select: false, insert: false, update: false })
  search_text: string;
}
