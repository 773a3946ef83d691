import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Actor } from '../../platform/access/actor';
import type { Tx } from '../../platform/database/database';
import { Invalid } from '../../platform/errors';
import { type AccountState, type NewUser, NewUserSteps } from '../auth';
import { AgentStatuses } from './agent-statuses';
import { WORD } from './agents.dto';
import { AgentsService } from './agents.service';

/**
 * Gives an account with the role `agent` its profile, in the transaction that makes the account, and lets the profile
 * follow the account: who cannot sign in is offered no calls, and a new name is everybody's name for him.
 */
@Injectable()
export class AgentRegistration implements OnModuleInit {
  constructor(
    private readonly steps: NewUserSteps,
    private readonly agents: AgentsService,
    private readonly statuses: AgentStatuses,
  ) {}

  onModuleInit(): void {
    this.steps.register((tx, actor, user, input) => this.follow(tx, actor, user, input));
    this.steps.onAccountChange((tx, actor, before, after) => this.keepUp(tx, actor, before, after));
  }

  private async keepUp(tx: Tx, actor: Actor, before: AccountState, after: AccountState): Promise<void> {
    const found = await tx.one<{ id: string }>('select id from agent where user_id = $1', [after.id]);
    const [agent] = found ? await this.statuses.lock(tx, [found.id]) : [];
    if (!agent) return;
    // a subscriber's profile, of the time when he was an agent, stays disabled
    const isEnabled = !before.is_active && after.is_active && after.role !== 'user';
    const isRenamed = nameOf(before) !== nameOf(after);
    await this.agents.changeLocked(tx, actor, agent, {
      // a name that was given to the agent alone stays
      ...(isRenamed && agent.name === nameOf(before) ? { name: nameOf(after) } : {}),
      ...(isEnabled ? { is_active: true } : {}),
      ...(!after.is_active && agent.is_active ? { is_active: false } : {}),
    });
  }

  private async follow(tx: Tx, actor: Actor, user: NewUser, input: Readonly<Record<string, unknown>>): Promise<void> {
    const profile = await this.profileOf(tx, user);
    if (user.role === 'agent') await this.become(tx, actor, user, input, profile);
    // an admin may also take calls; a subscriber does not
    else if (user.role === 'user' && profile) await this.setActive(tx, actor, profile, user, false);
  }

  private async become(
    tx: Tx,
    actor: Actor,
    user: NewUser,
    input: Readonly<Record<string, unknown>>,
    profile: string | undefined,
  ): Promise<void> {
    if (profile) return this.setActive(tx, actor, profile, user, true);
    await this.agents.add(tx, actor, {
      name: nameOf(user),
      email: user.email,
      phone: user.phone ?? null,
      user_id: user.id,
      departments: departmentsIn(input),
      ...(typeof input.dialer_user_id === 'string' ? { dialer_user_id: input.dialer_user_id.slice(0, 100) } : {}),
    });
  }

  /** His profile, or one that was made for his e-mail before he had an account. */
  private async profileOf(tx: Tx, user: NewUser): Promise<string | undefined> {
    const row = await tx.one<{ id: string }>(
      `select id from agent where user_id = $1
        union all select id from agent
         where user_id is null and lower(split_part(email, '@', 1)) = lower(split_part($2, '@', 1))
           and lower(email) = lower($2) and $3 = 'agent'
        limit 1`,
      [user.id, user.email, user.role],
    );
    return row?.id;
  }

  private async setActive(tx: Tx, actor: Actor, id: string, user: NewUser, active: boolean): Promise<void> {
    const [agent] = await this.statuses.lock(tx, [id]);
    if (agent) await this.agents.changeLocked(tx, actor, agent, { user_id: user.id, is_active: active });
  }
}

/** How the agent of an account is called. */
const nameOf = (user: Pick<AccountState, 'first_name' | 'last_name' | 'email'>): string =>
  `${user.first_name} ${user.last_name}`.trim() || user.email;

/** The departments sent with a registration: `departments`, or one `department`. */
function departmentsIn(input: Readonly<Record<string, unknown>>): string[] {
  const sent = input.departments ?? input.department ?? [];
  const list = (Array.isArray(sent) ? sent : [sent]) as unknown[];
  return [...new Set(list)].slice(0, 50).map((department) => {
    if (typeof department === 'string' && WORD.test(department)) return department.toLowerCase();
    throw new Invalid('departments must be words', { departments: 'must be words of letters, digits, _ and -' });
  });
}
