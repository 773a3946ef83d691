import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, their sessions and tokens, API keys, and what slows down those who guess. */
export class Accounts1763683300000 implements MigrationInterface {
  name = 'Accounts1763683300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table user_account (
        id uuid primary key,
        email text collate "C" not null constraint user_account_email unique check (email = lower(email)),
        password_hash text not null,
        first_name text not null default '',
        last_name text not null default '',
        phone text,
        role text not null check (role in ('admin', 'agent', 'user')),
        is_active boolean not null default true,
        last_login_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index user_account_newest on user_account (created_at desc, id desc)`);
    await runner.query(`create index user_account_role on user_account (role, created_at desc, id desc)`);
    await runner.query(`
      create index user_account_search on user_account
        using gin ((first_name || ' ' || last_name || ' ' || email) gin_trgm_ops)`);
    await runner.query(`
      create table session (
        id uuid primary key,
        user_id uuid not null references user_account on delete cascade,
        cookie_hash text collate "C" constraint session_cookie unique,
        address text collate "C" not null,
        user_agent text,
        last_used_at timestamptz(3) not null default now(),
        expires_at timestamptz(3) not null,
        ended_at timestamptz(3),
        end_reason text,
        created_at timestamptz(3) not null default now(),
        check ((ended_at is null) = (end_reason is null))
      )`);
    await runner.query(`create index session_live on session (user_id) where ended_at is null`);
    await runner.query(`create index session_address on session (user_id, address, created_at)`);
    await runner.query(`create index session_expiry on session (expires_at)`);
    await runner.query(`
      create table refresh_token (
        id uuid primary key,
        session_id uuid not null references session on delete cascade,
        parent_id uuid references refresh_token on delete cascade,
        token_hash text collate "C" not null constraint refresh_token_hash unique,
        used_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index refresh_token_session on refresh_token (session_id)`);
    await runner.query(`create index refresh_token_parent on refresh_token (parent_id)`);
    await runner.query(`
      create table password_reset (
        id uuid primary key,
        user_id uuid references user_account on delete cascade,
        token_hash text collate "C" not null constraint password_reset_token unique,
        expires_at timestamptz(3) not null,
        used_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index password_reset_user on password_reset (user_id)`);
    await runner.query(`create index password_reset_expiry on password_reset (expires_at)`);
    await runner.query(`
      create table api_key (
        id uuid primary key,
        name text not null,
        prefix text collate "C" not null constraint api_key_prefix unique,
        key_hash text collate "C" not null constraint api_key_hash unique,
        scopes text[] not null check (cardinality(scopes) > 0),
        created_by uuid references user_account on delete set null,
        last_used_at timestamptz(3),
        revoked_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index api_key_newest on api_key (created_at desc, id desc)`);
    // Logged on purpose: a crash must not give a guesser a fresh start
    await runner.query(`
      create table sign_in_slowdown (
        id uuid primary key,
        key text collate "C" not null constraint sign_in_slowdown_key unique,
        attempts integer not null,
        window_ends_at timestamptz(3) not null,
        blocked_until timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index sign_in_slowdown_end on sign_in_slowdown (window_ends_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table sign_in_slowdown`);
    await runner.query(`drop table api_key`);
    await runner.query(`drop table password_reset`);
    await runner.query(`drop table refresh_token`);
    await runner.query(`drop table session`);
    await runner.query(`drop table user_account`);
  }
}
