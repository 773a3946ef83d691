import { Column, Entity } from 'typeorm';
import { BaseRow } from '../../../platform/database/base.entity';

/** Something the carrier's transcription told, kept until its turn has come; without content it only holds its place. */
@Entity('heard_utterance')
export class HeardUtterance extends BaseRow {
  @Column('uuid')
  call_id: string;

  @Column('text')
  transcription_sid: string;

  @Column('integer')
  sequence: number;

  @Column('text', { nullable: true })
  speaker: 'customer' | 'agent' | null;

  @Column('text', { nullable: true })
  content: string | null;

  @Column('text', { nullable: true })
  language: string | null;

  @Column('boolean', { default: false })
  written: boolean;
}
