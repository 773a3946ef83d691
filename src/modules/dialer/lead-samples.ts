import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Tx } from '../../platform/database/database';
import { SampleData } from '../../platform/sample-data/sample-data';
import { systemActor } from '../../platform/access/actor';
import { CustomersService } from '../customers';
import { CallbackRepository } from './callbacks/callback.repository';
import { mergeLead } from './intake/merge-lead';
import { LeadRepository } from './leads/lead.repository';
import { LEAD_STATUSES } from './leads/lead-status';

const FIRST_NAMES = [
  'Amelia',
  'Oliver',
  'Isla',
  'George',
  'Ava',
  'Noah',
  'Freya',
  'Arthur',
  'Lily',
  'Oscar',
  'Zainab',
  'Rhys',
];
const LAST_NAMES = [
  'Ashworth',
  'Bennett',
  'Choudhury',
  'Davies',
  'Edwards',
  'Fletcher',
  'Gallagher',
  'Hussain',
  'Irving',
];
const TOWNS = ['Cardiff', 'Leeds', 'Bristol', 'Dudley', 'Exeter', 'Norwich'];
const STREETS = ['Solar Street', 'Orchard Lane', 'Mill Road', 'Chapel Close'];
const RATES = ['yes', 'no', 'unsure'] as const;
const HOW_MANY = 36;

/** Leads over all statuses and agents, and three callbacks, one of them overdue, for a database that is new. */
@Injectable()
export class LeadSamples implements OnModuleInit {
  constructor(
    private readonly samples: SampleData,
    private readonly customers: CustomersService,
    private readonly leads: LeadRepository,
    private readonly callbacks: CallbackRepository,
  ) {}

  onModuleInit(): void {
    this.samples.register({ room: 'dialer', order: 40, create: (tx) => this.create(tx) });
  }

  private async create(tx: Tx): Promise<void> {
    const agents = await tx.rows<{ id: string }>(
      'select id from agent where dialer_user_id is not null and is_active order by code',
    );
    if (agents.length === 0) return;
    const written: string[] = [];
    for (let n = 0; n < HOW_MANY; n += 1) written.push(await this.lead(tx, n, pick(agents, n).id));
    await this.callback(tx, written[0], agents[0], { hours: -5 }, 'Wanted a day to read the offer');
    await this.callback(tx, written[1], agents[1], { minutes: -2 }, 'Ask for Mary');
    await this.callback(tx, written[2], agents[0], { days: 1 }, 'Has the roof survey by then');
  }

  private async lead(tx: Tx, n: number, agentId: string): Promise<string> {
    const first = pick(FIRST_NAMES, n);
    const last = pick(LAST_NAMES, n * 5);
    // 07700 900xxx is set aside for such uses
    const e164 = `+447700900${String(100 + n).padStart(3, '0')}`;
    const values = mergeLead(undefined, {
      read: {
        known: {
          lead_id: String(67_000 + n),
          list_id: n % 2 ? '101' : '102',
          first_name: first,
          last_name: last,
          email: `${first}.${last}@example.com`.toLowerCase(),
          address1: `${(n % 90) + 1} ${pick(STREETS, n)}`,
          city: pick(TOWNS, n),
          country_code: 'GB',
          campaign: n % 3 ? 'SOLAR_2024' : 'HEATPUMP',
          recording_file: `sample_${67_000 + n}.wav`,
          energy_bill_amount: 80 + ((n * 13) % 150),
          has_ev_charger: n % 4 === 0,
          day_night_rate: pick(RATES, n),
          has_previous_quotes: n % 5 === 0,
          comments: 'Interested in solar panels',
        },
        extra: {},
      },
      phone: { text: e164, e164 },
      phoneIsTaken: false,
      agentId,
      zone: 'UTC',
    });
    const person = { phone: e164, name: values.full_name, email: values.email, source: 'dialer' };
    const customer = await this.customers.ensure(tx, systemActor('sample-data'), person);
    const status = n < 12 ? 'interested' : pick(LEAD_STATUSES, n);
    return (await this.leads.insert(tx, { ...values, status, customer_id: customer?.id ?? null })).id;
  }

  private async callback(
    tx: Tx,
    leadId: string | undefined,
    agent: { id: string } | undefined,
    fromNow: { days?: number; hours?: number; minutes?: number },
    note: string,
  ): Promise<void> {
    if (!leadId) return;
    const due_at = DateTime.utc().plus(fromNow).toJSDate();
    await this.callbacks.insert(tx, systemActor('sample-data'), leadId, { agent_id: agent?.id ?? null, due_at, note });
  }
}

/** The n-th of a list, beginning again at its end. */
function pick<T>(list: readonly T[], n: number): T {
  const item = list[n % list.length];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}
