import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATUSES = `('available', 'busy', 'on_break', 'offline', 'offered', 'on_call', 'wrap_up')`;

/** Agents, what they can do, and the whole history of their status. */
export class Agents1763683400001 implements MigrationInterface {
  name = 'Agents1763683400001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create sequence agent_number`);
    await runner.query(`
      create table agent (
        id uuid primary key,
        code text collate "C" not null constraint agent_code unique,
        user_id uuid constraint agent_user unique references user_account,
        owner_user_id uuid references user_account,
        name text not null,
        email text,
        phone text,
        dialer_user_id text collate "C",
        departments text[] not null default '{}',
        team text,
        is_supervisor boolean not null default false,
        is_active boolean not null default true,
        status text not null default 'offline' check (status in ${STATUSES}),
        status_since timestamptz(3) not null default now(),
        status_reason text,
        idle_since timestamptz(3),
        pending_status text check (pending_status in ('busy', 'on_break', 'offline')),
        pending_reason text,
        max_concurrent_calls smallint not null default 1 check (max_concurrent_calls between 1 and 20),
        last_seen_at timestamptz(3),
        skill_level text not null default 'beginner'
          check (skill_level in ('beginner', 'intermediate', 'advanced', 'expert')),
        languages text[] not null default '{}',
        specializations text[] not null default '{}',
        working_hours jsonb not null default '{}',
        use_ai_assistance boolean not null default true,
        ai_confidence_threshold numeric(3, 2) not null default 0.8 check (ai_confidence_threshold between 0 and 1),
        preferred_ai_model text not null default 'homeai-standard',
        hired_date date,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        search_text text not null generated always as (lower((
          ' ' || code || ' ' || name || ' ' || coalesce(email, '') || ' ' || coalesce(dialer_user_id, '')
        ) collate "default")) stored,
        constraint agent_available_is_idle check (status <> 'available' or idle_since is not null),
        constraint agent_pending_only_in_calls check (
          pending_status is null or status in ('offered', 'on_call', 'wrap_up'))
      )`);
    // one person in the dialer, however he spells it: VICIdial compares user names without regard to case
    await runner.query(`create unique index agent_dialer_user on agent (lower(dialer_user_id))`);
    await runner.query(`create index agent_local_part on agent (lower(split_part(email, '@', 1)))`);
    await runner.query(`create index agent_status on agent (status, id)`);
    await runner.query(`create index agent_departments on agent using gin (departments)`);
    await runner.query(`create index agent_idle on agent (idle_since, id) where status = 'available' and is_active`);
    await runner.query(`create index agent_owner on agent (owner_user_id) where owner_user_id is not null`);
    await runner.query(`create index agent_search on agent using gin (search_key(search_text) gin_trgm_ops)`);
    await runner.query(`
      create table agent_skill (
        id uuid primary key,
        agent_id uuid not null references agent on delete cascade,
        skill text collate "C" not null,
        level smallint not null check (level between 1 and 5),
        constraint agent_skill_once unique (agent_id, skill)
      )`);
    await runner.query(`create index agent_skill_skill on agent_skill (skill, level)`);
    await runner.query(`
      create table agent_status_interval (
        id uuid primary key,
        agent_id uuid not null references agent on delete cascade,
        status text not null check (status in ${STATUSES}),
        reason text,
        started_at timestamptz(3) not null,
        ended_at timestamptz(3),
        changed_by jsonb not null,
        check (ended_at >= started_at),
        constraint agent_status_interval_apart exclude using gist (
          agent_id with =, tstzrange(started_at, ended_at) with &&)
      )`);
    await runner.query(`
      create unique index agent_status_interval_open on agent_status_interval (agent_id) where ended_at is null`);
    await runner.query(`
      create index agent_status_interval_history on agent_status_interval (agent_id, started_at desc, id desc)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table agent_status_interval`);
    await runner.query(`drop table agent_skill`);
    await runner.query(`drop table agent`);
    await runner.query(`drop sequence agent_number`);
  }
}
