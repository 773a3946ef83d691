import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sales processes at the DTech gateway, the recordings that belong to them, and the keys of its activations. */
export class Sales1763684000000 implements MigrationInterface {
  name = 'Sales1763684000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sales_process (
        id uuid primary key,
        sales_process_id varchar(36) collate "C",
        status varchar(20) not null
          check (status in ('starting', 'unknown', 'in_progress', 'complete', 'stopped', 'failed')),
        agent_id uuid not null,
        lead_name varchar(100) not null,
        lead_phone varchar(20) not null,
        account_id uuid not null,
        campaign_code text not null,
        lead_origin text not null,
        external_reference text,
        seller jsonb not null,
        lead_details jsonb not null,
        started_by jsonb not null,
        owner_user_id uuid,
        lead_id bigint,
        call_id text collate "C",
        customer_id uuid references customer,
        url text,
        url_expiry timestamptz(3),
        stop_reason text,
        failure text,
        gateway_status jsonb,
        follow_at timestamptz(3),
        follow_count int not null default 0,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        -- the gateway's id is known from the answer to the start on
        constraint sales_process_known check (
          (status in ('starting', 'unknown', 'failed')) = (sales_process_id is null)),
        -- what has ended is not asked for any more
        constraint sales_process_followed check (follow_at is null or status in ('in_progress', 'starting'))
      )`);
    await runner.query(`create unique index sales_process_id_idx on sales_process (sales_process_id)`);
    await runner.query(`create index agent_id_idx on sales_process (agent_id, created_at desc, id desc)`);
    await runner.query(`create index sales_process_newest on sales_process (created_at desc, id desc)`);
    await runner.query(`create index sales_process_owner on sales_process (owner_user_id, created_at desc, id desc)`);
    await runner.query(`create index sales_process_status on sales_process (status, created_at desc, id desc)`);
    await runner.query(`create index sales_process_call on sales_process (call_id) where call_id is not null`);
    await runner.query(`create index sales_process_lead on sales_process (lead_id) where lead_id is not null`);
    await runner.query(`create index sales_process_due on sales_process (follow_at) where follow_at is not null`);
    await runner.query(`
      create table dtech_activation (
        id uuid primary key,
        environment text not null check (environment in ('test', 'prod')),
        account_id uuid not null,
        security_group text not null,
        access_key_id text not null,
        secret_access_key text not null,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(
      `create index dtech_activation_newest on dtech_activation (environment, account_id, created_at desc, id desc)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table dtech_activation`);
    await runner.query(`drop table sales_process`);
  }
}
