import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor } from '../../platform/access/actor';
import { Config } from '../../platform/config/config';
import type { Tx } from '../../platform/database/database';
import { SampleData } from '../../platform/sample-data/sample-data';
import { Accounts, Passwords, SAMPLE_CREDENTIALS } from '../auth';
import type { CreateAgent } from './agents.dto';
import { AgentsService } from './agents.service';

type Sample = CreateAgent & { first_name: string; last_name: string };

/** An agent of each department, then those whom the dialer names, then one who supervises all departments. */
const SAMPLES: Sample[] = [
  { first_name: 'Sara', last_name: 'Hassan', departments: ['reception'], languages: ['ar', 'en'] },
  { first_name: 'Omar', last_name: 'Khalid', departments: ['sales'], languages: ['ar', 'en'] },
  { first_name: 'Mona', last_name: 'Adel', departments: ['complaints'], languages: ['ar', 'en'] },
  ...[
    ['CalebG', 'Caleb', 'Galloway'],
    ['DaniC', 'Danielle', 'Crutchley'],
    ['JakeR', 'Jake', 'Rose'],
    ['LeiaG', 'Leia', 'Garbitt'],
    ['LibbyL', 'Liberty', 'Liddle-Old'],
    ['ImaniU', 'Roheece Imani', 'Hines'],
    ['Tyler', 'Tyler', 'Gittoes-Lemm'],
  ].map(([dialer_user_id = '', first_name = '', last_name = '']) => ({
    first_name,
    last_name,
    dialer_user_id,
    departments: ['sales'],
    languages: ['en'],
    specializations: ['solar'],
    skills: [{ skill: 'solar', level: 3 }],
  })),
  { first_name: 'Nadia', last_name: 'Price', is_supervisor: true, departments: [], skill_level: 'expert' },
];

/** The sample agents, each with an account; not in production. */
@Injectable()
export class SampleAgents implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly sampleData: SampleData,
    private readonly accounts: Accounts,
    private readonly passwords: Passwords,
    private readonly agents: AgentsService,
  ) {}

  onModuleInit(): void {
    this.sampleData.register({ room: 'agents', order: 20, create: (tx) => this.create(tx) });
  }

  private async create(tx: Tx): Promise<void> {
    if (this.config.production) return;
    const actor = systemActor('sample-data');
    // one hash for all of them: they share the password, and hashing is slow on purpose
    const password_hash = await this.passwords.hash(SAMPLE_CREDENTIALS.agentPassword);
    for (const { first_name, last_name, ...agent } of SAMPLES) {
      const email = `${(agent.dialer_user_id ?? first_name).toLowerCase()}@example.com`;
      // the profile is made first and found by its e-mail when the account is made
      await this.agents.add(tx, actor, { ...agent, name: `${first_name} ${last_name}`, email });
      await this.accounts.create(tx, actor, { email, password_hash, role: 'agent', first_name, last_name });
    }
  }
}
