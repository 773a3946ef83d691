import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATUSES = `('cold_call', 'interested', 'not_interested', 'tenant', 'other_disposition', 'sent_to_kelly', 'qualified',
  'appointment_set', 'appointment_completed', 'sale_made', 'sale_lost', 'no_contact', 'blow_out', 'callback',
  'pass_back_to_agent', 'pass_back', 'desk_top_survey', 'on_hold', 'qualifier_callback', 'sold')`;

/** Leads, the dialer's ids of them, what was changed, whom to call back, and signed requests that have been here. */
export class Leads1763683700000 implements MigrationInterface {
  name = 'Leads1763683700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table lead (
        id uuid primary key,
        number bigint generated always as identity constraint lead_number unique,
        status text collate "C" not null default 'interested' check (status in ${STATUSES}),
        title text,
        first_name text,
        middle_initial text,
        last_name text,
        full_name text,
        phone text,
        phone_e164 text collate "C" constraint lead_phone unique check (phone_e164 ~ '^[+][1-9][0-9]{4,14}$'),
        alt_phone text,
        email text,
        gender text,
        date_of_birth date,
        address1 text,
        address2 text,
        address3 text,
        city text,
        state text,
        province text,
        postal_code text,
        country_code text,
        comments text,
        notes text,
        vendor_id text,
        list_id text,
        campaign text collate "C",
        recording_file text,
        dialer_lead_id text collate "C",
        called_at timestamptz(3),
        energy_bill_amount numeric(12, 2) check (energy_bill_amount >= 0),
        has_ev_charger boolean,
        day_night_rate text check (day_night_rate in ('yes', 'no', 'unsure')),
        has_previous_quotes boolean,
        previous_quotes_details text,
        call_data jsonb not null default '{}',
        dialer_data jsonb not null default '{}',
        customer_id uuid references customer,
        assigned_agent_id uuid references agent,
        last_agent_id uuid references agent,
        appointment_at timestamptz(3),
        appointment_notes text,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        search_text text not null generated always as (lower(
          ' ' || coalesce(full_name, '') || ' ' || coalesce(phone_e164, '') || ' ' || coalesce(phone, '') || ' ' ||
          coalesce(email, '')
        )) stored
      )`);
    // One index for each filter of the list, each in the order of the list
    await runner.query(`create index lead_newest on lead (created_at desc, id desc)`);
    await runner.query(`create index lead_status on lead (status, created_at desc, id desc)`);
    await runner.query(`create index lead_agent on lead (assigned_agent_id, created_at desc, id desc)`);
    await runner.query(`create index lead_campaign on lead (campaign, created_at desc, id desc)`);
    await runner.query(`create index lead_search on lead using gin (search_key(search_text) gin_trgm_ops)`);
    await runner.query(`create index lead_customer on lead (customer_id)`);
    await runner.query(`create index lead_last_agent on lead (last_agent_id)`);
    // One person may be on several of the dialer's lists: many ids, one lead
    await runner.query(`
      create table lead_dialer_id (
        id uuid primary key,
        dialer_lead_id text collate "C" not null constraint lead_dialer_id_once unique,
        lead_id uuid not null references lead on delete cascade,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index lead_dialer_id_lead on lead_dialer_id (lead_id, created_at)`);
    await runner.query(`
      create table lead_change (
        id uuid primary key,
        lead_id uuid not null references lead on delete cascade,
        actor jsonb not null,
        changes jsonb not null,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index lead_change_newest on lead_change (lead_id, created_at desc, id desc)`);
    await runner.query(`
      create table lead_callback (
        id uuid primary key,
        lead_id uuid not null references lead on delete cascade,
        agent_id uuid references agent,
        due_at timestamptz(3) not null,
        note text,
        status text collate "C" not null default 'pending' check (status in ('pending', 'completed', 'canceled')),
        source text not null check (source in ('person', 'dialer')),
        closed_at timestamptz(3),
        created_by jsonb not null,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint lead_callback_closed check ((status = 'pending') = (closed_at is null))
      )`);
    await runner.query(`create index lead_callback_due on lead_callback (status, due_at, id)`);
    await runner.query(`create index lead_callback_agent on lead_callback (agent_id, status, due_at, id)`);
    await runner.query(`create index lead_callback_lead on lead_callback (lead_id, due_at, id)`);
    // What the dialer asks for again moves its callback and never makes a second
    await runner.query(`
      create unique index lead_callback_dialer on lead_callback (lead_id) where source = 'dialer' and status = 'pending'`);
    await runner.query(`
      create table dialer_request (
        id uuid primary key,
        token text collate "C" not null constraint dialer_request_once unique,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index dialer_request_age on dialer_request (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['dialer_request', 'lead_callback', 'lead_change', 'lead_dialer_id', 'lead']) {
      await runner.query(`drop table ${table}`);
    }
  }
}
