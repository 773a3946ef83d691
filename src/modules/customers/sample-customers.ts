import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import type { Tx } from '../../platform/database/database';
import { SampleData } from '../../platform/sample-data/sample-data';
import { CustomersService, type KnownPerson } from './customers.service';

const SAMPLES: Omit<KnownPerson, 'source'>[] = [
  { name: 'Ahmed Mohamed', phone: '+966501234567', email: 'ahmed@example.com' },
  { name: 'فاطمة الزهراني', phone: '٠٥٠١٢٣٤٥٦٨', hints: 'SA', email: 'fatima@example.com' },
  {
    name: 'John A Smith',
    phone: '020 7946 0123',
    hints: 'GB',
    email: 'john.smith@example.com',
    company: 'Smith & Sons',
  },
  { name: 'Thandi Nkosi', phone: '(083) 555-5555', hints: 'ZA', email: 'thandi@example.com' },
  { name: 'Zoë Jones', phone: '0044 7700 900123', company: 'Jones Bakery' },
];

/** A few sample customers; not in production. */
@Injectable()
export class SampleCustomers implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly sampleData: SampleData,
    private readonly customers: CustomersService,
  ) {}

  onModuleInit(): void {
    this.sampleData.register({ room: 'customers', order: 20, create: (tx) => this.create(tx) });
  }

  private async create(tx: Tx): Promise<void> {
    if (this.config.production) return;
    for (const person of SAMPLES) {
      await this.customers.ensure(tx, systemActor('sample-data'), { ...person, source: 'sample' });
    }
  }
}
