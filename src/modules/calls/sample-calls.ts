import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { SampleData } from '../../platform/sample-data/sample-data';
import { newId } from '../../platform/time/ids';
import { CallLedger, type LockedCall } from './call-ledger';
import { CallsService } from './calls.service';
import { Departments } from './queue/departments';
import { WaitingLine } from './queue/waiting-line';
import type { Speaker } from './transcripts/transcript.entity';

const ACTOR = systemActor('sample-data');

type Said = [speaker: Speaker, language: string, content: string];

interface SampleCall {
  phone_number: string;
  customer_name: string;
  department: string;
  said: Said[];
  /** Over: who had it (by e-mail of the sample agent), how long ago it began, and what came of it. */
  over?: { agent: string; minutesAgo: number; talkSeconds: number; disposition: string };
  waits?: boolean;
}

const SAMPLES: SampleCall[] = [
  {
    phone_number: '+966501234567',
    customer_name: 'Ahmed Mohamed',
    department: 'complaints',
    over: { agent: 'mona@example.com', minutesAgo: 95, talkSeconds: 214, disposition: 'ticket_opened' },
    said: [
      ['bot', 'ar', 'أهلاً بك في خدمة العملاء'],
      ['customer', 'ar', 'عندي مشكلة في التوصيل'],
      ['agent', 'ar', 'سأفتح تذكرة بذلك الآن'],
    ],
  },
  {
    phone_number: '+447700900123',
    customer_name: 'Jane Smith',
    department: 'sales',
    over: { agent: 'omar@example.com', minutesAgo: 40, talkSeconds: 421, disposition: 'interested' },
    said: [
      ['customer', 'en', 'What would solar panels cost me?'],
      ['agent', 'en', 'Let me look at your roof with you.'],
    ],
  },
  {
    phone_number: '+966502345678',
    customer_name: 'Fatima Ali',
    department: 'sales',
    waits: true,
    said: [['bot', 'ar', 'سيجيبك أحد الزملاء قريباً']],
  },
  {
    phone_number: '+27835555555',
    customer_name: 'Thabo Nkosi',
    department: 'reception',
    said: [
      ['bot', 'en', 'Welcome. How can we help you?'],
      ['customer', 'en', 'I would like to talk to somebody about my contract.'],
    ],
  },
];

/** A few calls for an empty house: two that are over, one that waits, one that has just begun. */
@Injectable()
export class SampleCalls implements OnModuleInit {
  constructor(
    private readonly sampleData: SampleData,
    private readonly calls: CallsService,
    private readonly ledger: CallLedger,
    private readonly line: WaitingLine,
    private readonly departments: Departments,
  ) {}

  onModuleInit(): void {
    this.sampleData.register({ room: 'calls', order: 30, create: (tx) => this.create(tx) });
  }

  private async create(tx: Tx): Promise<void> {
    for (const sample of SAMPLES) {
      const department = this.departments.names.includes(sample.department)
        ? sample.department
        : this.departments.first;
      const call = await this.calls.record(tx, ACTOR, { ...sample, department }, 'sample');
      if (sample.over) await this.beginEarlier(tx, call, sample.over.minutesAgo);
      for (const [n, said] of sample.said.entries()) await this.say(tx, call, n + 1, said);
      if (sample.waits) await this.line.join(tx, ACTOR, call, { department, status: 'in_queue', cause: 'sample' });
      if (sample.over) await this.finish(tx, call, sample.over);
    }
  }

  /** Puts its beginning into the past. */
  private async beginEarlier(tx: Tx, call: LockedCall, minutes: number): Promise<void> {
    const at = new Date(call.at.getTime() - minutes * 60_000);
    await tx.rows(
      `with c as (update call set started_at = $2, changed_at = $2 where id = $1),
         h as (update call_change set at = $2 where call_id = $1)
       update call_interval set started_at = $2 where call_id = $1`,
      [call.row.id, at],
    );
    call.row.started_at = at;
    call.row.changed_at = at;
    call.at = at;
  }

  private async say(tx: Tx, call: LockedCall, sequence: number, [speaker, language, content]: Said): Promise<void> {
    await tx.rows(
      `with t as (insert into transcript (id, call_id, last_sequence) values ($1, $2, $4)
                  on conflict (call_id) do update set last_sequence = excluded.last_sequence)
       insert into transcript_message (id, call_id, sequence, speaker, content, language, at)
       values ($3, $2, $4, $5, $6, $7, $8)`,
      [newId(), call.row.id, newId(), sequence, speaker, content, language, later(call.at, 5 * sequence)],
    );
  }

  private async finish(tx: Tx, call: LockedCall, over: NonNullable<SampleCall['over']>): Promise<void> {
    const agent = await tx.one<{ id: string }>('select id from agent where email = $1', [over.agent]);
    call.at = later(call.at, 12);
    await this.ledger.change(tx, ACTOR, call, {
      kind: 'connected',
      cause: 'sample',
      to: 'in_progress',
      set: { assigned_agent_id: agent?.id ?? null, answered_at: call.at },
    });
    call.at = later(call.at, over.talkSeconds);
    await this.ledger.change(tx, ACTOR, call, {
      kind: 'ended',
      cause: 'sample',
      to: 'completed',
      set: { disposition: over.disposition },
    });
    await tx.rows('update transcript set closed_at = $2 where call_id = $1', [call.row.id, call.at]);
  }
}

const later = (at: Date, seconds: number): Date => new Date(at.getTime() + seconds * 1000);
