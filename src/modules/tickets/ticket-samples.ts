import { Injectable } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import type { TicketPriority } from './ticket-status';
import { TicketsService } from './tickets.service';

type Sample = [
  name: string,
  phone: string,
  subject: string,
  description: string,
  department: string,
  tags: string[],
  priority?: TicketPriority,
];

const SAMPLES: Sample[] = [
  ['Ahmed Mohamed', '+966501234567', 'Delivery Issue', 'Package not received', 'complaints', ['delivery'], 'high'],
  ['Sara Khalid', '+966502345678', 'طلب عاجل', 'لم يصل الطرد منذ أسبوع', 'complaints', ['delivery']],
  ['John Smith', '+447911123456', 'Battery quote', 'Would like a price for panels with a battery', 'sales', ['quote']],
  ['Emma Wilson', '+447911123457', 'Invoice question', 'The last invoice shows two visits', 'reception', ['billing']],
  [
    'Thabo Nkosi',
    '+27835550101',
    'Emergency: no power',
    'The inverter has been off since the morning',
    'complaints',
    ['outage', 'vip'],
  ],
  ['Naledi Dube', '+27835550102', 'Change of address', 'Moved to a new house last month', 'reception', [], 'low'],
  ['Oliver Brown', '+447911123458', 'Call back, please', 'Prefers the afternoon', 'sales', ['callback']],
  ['Fatima Ali', '+966503456789', 'Wrong colour', 'Ordered white, received black', 'complaints', ['returns']],
  [
    'Lerato Mokoena',
    '+27835550103',
    'Contract copy',
    'Needs the signed contract by e-mail',
    'reception',
    ['contract'],
    'low',
  ],
  [
    'George Taylor',
    '+447911123459',
    'Roof survey',
    'Asks whether a slate roof is possible',
    'sales',
    ['survey'],
    'high',
  ],
  [
    'Huda Saleh',
    '+966504567890',
    'Refund',
    'Refund not on the account yet',
    'complaints',
    ['billing', 'refund'],
    'high',
  ],
  ['Amelia Clark', '+447911123460', 'Thank you', 'The team was very kind', 'reception', [], 'low'],
];

/** A dozen tickets for a new installation. */
@Injectable()
export class TicketSamples {
  constructor(private readonly service: TicketsService) {}

  async create(tx: Tx): Promise<void> {
    const actor = systemActor('sample-data');
    for (const [customer_name, customer_phone, subject, description, department, tags, priority] of SAMPLES) {
      await this.service.openIn(tx, actor, {
        customer_name,
        customer_phone,
        subject,
        description,
        department,
        tags,
        priority,
      });
    }
  }
}
