import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { SampleData } from '../../platform/sample-data/sample-data';
import { newId } from '../../platform/time/ids';
import { CustomersService } from '../customers';

const ACTOR = systemActor('sample-data');
const ACCOUNT = '7d3a3b2e-1f0c-4a52-9a43-0c6b6f1f2a11';

// All of them have ended: the gateway knows none of them, and nobody must ask it.
const SAMPLES = [
  { name: 'Thabo Nkosi', phone: '(083) 555-5555', status: 'complete', hours: 26, recording: 'complete' },
  { name: 'Naledi Dube', phone: '(083) 555-0102', status: 'stopped', hours: 5, reason: 'Customer not interested' },
  { name: 'Lerato Mokoena', phone: '(083) 555-0103', status: 'complete', hours: 2, recording: 'failed' },
] as const;

/** A few sales and their recordings for a new installation. */
@Injectable()
export class SalesSamples implements OnModuleInit {
  constructor(
    private readonly sampleData: SampleData,
    private readonly customers: CustomersService,
  ) {}

  onModuleInit(): void {
    this.sampleData.register({ room: 'dtech', order: 40, create: (tx) => this.create(tx) });
  }

  private async create(tx: Tx): Promise<void> {
    const agent = await tx.one<{ id: string; user_id: string | null }>(
      `select id, user_id from agent where is_active order by (email = 'omar@example.com') desc, code limit 1`,
    );
    if (!agent) return;
    for (const sample of SAMPLES) {
      const { name, phone, status, hours } = sample;
      const customer = await this.customers.ensure(tx, ACTOR, { phone, hints: 'ZA', name, source: 'sale' });
      const [id, spid] = [newId(), newId()];
      await tx.rows(
        `insert into sales_process (id, sales_process_id, status, agent_id, lead_name, lead_phone, account_id, campaign_code,
           lead_origin, seller, lead_details, started_by, owner_user_id, customer_id, stop_reason, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, 'SOLAR_01', 'Website', '{}', '{}', '{}', $8, $9, $10,
           now() - $11 * interval '1 hour')`,
        [
          id,
          spid,
          status,
          agent.id,
          name,
          phone,
          ACCOUNT,
          agent.user_id,
          customer?.id ?? null,
          'reason' in sample ? sample.reason : null,
          hours,
        ],
      );
      if (!('recording' in sample)) continue;
      const failed = sample.recording === 'failed';
      await tx.rows(
        `insert into sale_recording (id, process_id, sales_process_id, status, source, file_name, recorded_at, ended_at,
           content_type, recording_id, failure_code, failure, completed_at, created_at)
         values ($1, $2, $3, $4, 'two_step', 'recording.wav', now() - $5 * interval '1 hour', now() - $5 * interval '1 hour'
           + interval '7 minutes', 'audio/wav', $6, $7, $8, $9, now() - $5 * interval '1 hour')`,
        [
          newId(),
          id,
          spid,
          sample.recording,
          hours,
          newId(),
          failed ? 'NOT_REPORTED' : null,
          failed ? 'Nobody reported the upload before its URL ended' : null,
          failed ? null : new Date(Date.now() - hours * 3_600_000 + 600_000),
        ],
      );
    }
  }
}
