import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls, their queue and distribution, transcripts, callbacks, and what is asked of the carrier. */
export class Calls1763683650000 implements MigrationInterface {
  name = 'Calls1763683650000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table call (
        id uuid primary key,
        code text not null collate "C" constraint call_code unique,
        status text not null constraint call_status_known check (status in
          ('initiated', 'ivr_processing', 'in_queue', 'ringing', 'in_progress', 'on_hold', 'transferred',
           'completed', 'abandoned', 'no_answer', 'busy', 'failed', 'canceled', 'voicemail')),
        direction text not null check (direction in ('inbound', 'outbound')),
        phone_number text not null,
        phone_e164 text collate "C",
        customer_name text,
        customer_email text,
        customer_id uuid references customer,
        department text collate "C",
        priority_rank smallint not null check (priority_rank between 0 and 3),
        assigned_agent_id uuid references agent,
        consult_agent_id uuid references agent,
        owner_user_id uuid references user_account,
        provider_call_sid text collate "C" constraint call_provider_sid unique,
        sales_process_id text,
        is_carried boolean not null default false,
        required_skills jsonb not null,
        preferred_skills jsonb not null,
        started_at timestamptz(3) not null,
        queued_at timestamptz(3),
        answered_at timestamptz(3),
        ended_at timestamptz(3),
        changed_at timestamptz(3) not null,
        connect_due_at timestamptz(3),
        queue_time_seconds integer not null default 0,
        ring_time_seconds integer not null default 0,
        talk_time_seconds integer not null default 0,
        hold_time_seconds integer not null default 0,
        total_duration_seconds integer not null default 0,
        disposition text,
        metadata jsonb not null,
        carrier_facts jsonb not null default '{}',
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint call_final_has_end check ((ended_at is not null) = (status in
          ('completed', 'abandoned', 'no_answer', 'busy', 'failed', 'canceled', 'voicemail'))),
        constraint call_times_in_order check (started_at <= changed_at and (ended_at is null or started_at <= ended_at))
      )`);
    // Each list of calls has an index that serves its filter and its order (newest first)
    await runner.query(`create index call_live on call (started_at desc, id desc) where ended_at is null`);
    await runner.query(`create index call_newest on call (started_at desc, id desc)`);
    await runner.query(`create index call_by_status on call (status, started_at desc, id desc)`);
    await runner.query(`create index call_by_phone on call (phone_e164, started_at desc, id desc)`);
    await runner.query(`create index call_by_department on call (department, started_at desc, id desc)`);
    await runner.query(`create index call_by_agent on call (assigned_agent_id, started_at desc, id desc)`);
    await runner.query(`create index call_by_owner on call (owner_user_id, started_at desc, id desc)
                          where owner_user_id is not null`);
    await runner.query(`create index call_by_customer on call (customer_id, started_at desc, id desc)
                          where customer_id is not null`);
    await runner.query(`create index call_ended on call (ended_at) where ended_at is not null`);
    await runner.query(`create index call_connect_due on call (connect_due_at) where connect_due_at is not null`);

    await runner.query(`
      create table call_interval (
        id uuid primary key,
        call_id uuid not null references call,
        kind text not null check (kind in ('setup', 'queue', 'ring', 'talk', 'hold', 'wrap_up')),
        agent_id uuid references agent,
        started_at timestamptz(3) not null,
        ended_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        constraint call_interval_forward check (ended_at is null or started_at <= ended_at),
        constraint call_interval_no_overlap
          exclude using gist (call_id with =, tstzrange(started_at, ended_at) with &&) where (kind <> 'wrap_up')
      )`);
    await runner.query(`create unique index call_interval_one_open on call_interval (call_id)
                          where ended_at is null and kind <> 'wrap_up'`);
    await runner.query(`create index call_interval_by_call on call_interval (call_id, started_at)`);
    await runner.query(`create index call_interval_by_agent on call_interval (agent_id, started_at)
                          where agent_id is not null`);

    await runner.query(`
      create table call_change (
        id uuid primary key,
        position bigint generated always as identity,
        call_id uuid not null references call,
        at timestamptz(3) not null,
        kind text not null,
        from_status text,
        to_status text,
        actor jsonb not null,
        cause text not null,
        data jsonb not null,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index call_change_by_call on call_change (call_id, position)`);

    await runner.query(`
      create table department_setting (
        id uuid primary key,
        name text not null collate "C" constraint department_setting_name unique,
        time_zone text not null,
        opening_hours jsonb,
        holidays text[] not null,
        max_queue_length integer check (max_queue_length >= 0),
        max_wait_seconds integer check (max_wait_seconds > 0),
        overflow text not null check (overflow in ('department', 'voicemail', 'callback')),
        overflow_department text check ((overflow = 'department') = (overflow_department is not null)),
        service_level_seconds integer not null check (service_level_seconds > 0),
        short_abandon_seconds integer not null check (short_abandon_seconds >= 0),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`);

    await runner.query(`
      create table queue_entry (
        id uuid primary key,
        call_id uuid not null references call,
        department text not null collate "C",
        priority_rank smallint not null,
        queued_at timestamptz(3) not null,
        entered_at timestamptz(3) not null,
        state text not null check (state in ('waiting', 'offered', 'left')),
        outcome text check (outcome in ('answered', 'abandoned', 'callback', 'overflow')),
        left_at timestamptz(3),
        overflow_due_at timestamptz(3),
        required_skills jsonb not null,
        preferred_skills jsonb not null,
        only_agent_id uuid references agent,
        declined_by uuid[] not null,
        phone_e164 text collate "C",
        created_at timestamptz(3) not null default now(),
        constraint queue_entry_left_has_outcome check
          ((state = 'left') = (outcome is not null) and (state = 'left') = (left_at is not null))
      )`);
    await runner.query(`create unique index queue_entry_one_open on queue_entry (call_id) where state <> 'left'`);
    await runner.query(`create index queue_entry_order on queue_entry (department, priority_rank, queued_at, id)
                          where state <> 'left'`);
    await runner.query(`create index queue_entry_by_call on queue_entry (call_id, entered_at)`);
    await runner.query(`create index queue_entry_by_time on queue_entry (department, entered_at)`);
    await runner.query(`create index queue_entry_overflow_due on queue_entry (overflow_due_at)
                          where state = 'waiting' and overflow_due_at is not null`);
    await runner.query(`create index queue_entry_abandoned on queue_entry (phone_e164, left_at)
                          where outcome = 'abandoned' and phone_e164 is not null`);

    await runner.query(`
      create table call_offer (
        id uuid primary key,
        call_id uuid not null references call,
        agent_id uuid not null references agent,
        entry_id uuid references queue_entry,
        purpose text not null check (purpose in ('queue', 'transfer', 'consult')),
        state text not null check (state in ('live', 'accepted', 'rejected', 'missed', 'withdrawn')),
        offered_at timestamptz(3) not null,
        expires_at timestamptz(3) not null,
        resolved_at timestamptz(3),
        why jsonb,
        created_at timestamptz(3) not null default now(),
        constraint call_offer_resolved check ((state = 'live') = (resolved_at is null))
      )`);
    await runner.query(`create unique index call_offer_one_live on call_offer (call_id) where state = 'live'`);
    await runner.query(`create index call_offer_by_call on call_offer (call_id, offered_at)`);
    await runner.query(`create index call_offer_by_agent on call_offer (agent_id) where state = 'live'`);
    await runner.query(`create index call_offer_due on call_offer (expires_at) where state = 'live'`);

    await runner.query(`
      create table agent_slot (
        id uuid primary key,
        agent_id uuid not null references agent,
        n smallint not null check (n between 1 and 50),
        call_id uuid references call,
        purpose text not null default 'main' check (purpose in ('main', 'consult')),
        created_at timestamptz(3) not null default now(),
        constraint agent_slot_number unique (agent_id, n)
      )`);
    await runner.query(`create unique index agent_slot_one_agent on agent_slot (call_id, purpose)
                          where call_id is not null`);
    await runner.query(`
      create function agent_slot_within_capacity() returns trigger language plpgsql as $$
      begin
        if new.n > (select max_concurrent_calls from agent where id = new.agent_id) then
          raise exception 'agent % has no slot %', new.agent_id, new.n
            using errcode = 'check_violation', constraint = 'agent_slot_within_capacity';
        end if;
        return new;
      end $$`);
    await runner.query(`
      create trigger agent_slot_within_capacity before insert or update of call_id on agent_slot
        for each row when (new.call_id is not null) execute function agent_slot_within_capacity()`);

    await runner.query(`
      create table agent_desk (
        id uuid primary key,
        agent_id uuid not null references agent constraint agent_desk_agent unique,
        missed_offers smallint not null default 0,
        wrap_up_due_at timestamptz(3),
        wrap_up_call_id uuid references call,
        wrap_up_extended boolean not null default false,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index agent_desk_due on agent_desk (wrap_up_due_at) where wrap_up_due_at is not null`);

    await runner.query(`
      create table call_callback (
        id uuid primary key,
        call_id uuid references call,
        phone_number text not null,
        phone_e164 text collate "C",
        customer_name text,
        department text not null,
        due_at timestamptz(3) not null,
        state text not null check (state in ('scheduled', 'queued', 'canceled')),
        new_call_id uuid references call,
        owner_user_id uuid references user_account,
        note text,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint call_callback_queued_has_call check ((state = 'queued') = (new_call_id is not null))
      )`);
    await runner.query(`create unique index call_callback_one_open on call_callback (call_id)
                          where state = 'scheduled'`);
    await runner.query(`create index call_callback_due on call_callback (due_at, id) where state = 'scheduled'`);
    await runner.query(`create index call_callback_by_due on call_callback (due_at, id)`);

    await runner.query(`
      create table transcript (
        id uuid primary key,
        call_id uuid not null references call constraint transcript_call unique,
        last_sequence integer not null,
        closed_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`
      create table transcript_message (
        id uuid primary key,
        call_id uuid not null references call,
        sequence integer not null,
        speaker text not null check (speaker in ('customer', 'agent', 'bot', 'system')),
        content text not null check (content <> ''),
        language text,
        at timestamptz(3) not null,
        created_at timestamptz(3) not null default now(),
        constraint transcript_message_order unique (call_id, sequence)
      )`);
    await runner.query(`create index transcript_message_words on transcript_message
                          using gin (to_tsvector('simple', content))`);

    await runner.query(`
      create table telephony_command (
        id uuid primary key,
        call_id uuid not null references call,
        kind text not null check (kind in ('dial', 'hang_up', 'hold', 'resume', 'bridge')),
        args jsonb not null,
        state text not null check (state in ('pending', 'sending', 'done', 'failed')),
        attempts smallint not null default 0,
        due_at timestamptz(3),
        error text,
        created_at timestamptz(3) not null default now()
      )`);
    // Dialling cannot be repeated: a call has one dial, ever
    await runner.query(`create unique index telephony_command_one_dial on telephony_command (call_id)
                          where kind = 'dial'`);
    await runner.query(`create index telephony_command_due on telephony_command (due_at) where due_at is not null`);
    await runner.query(`create index telephony_command_by_call on telephony_command (call_id)`);

    await runner.query(`
      create table simulated_leg (
        id uuid primary key,
        sid text not null collate "C" unique,
        command_id uuid unique,
        number text not null,
        script jsonb not null,
        began_at timestamptz(3) not null,
        due_at timestamptz(3),
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index simulated_leg_due on simulated_leg (due_at) where due_at is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'simulated_leg',
      'telephony_command',
      'transcript_message',
      'transcript',
      'call_callback',
      'agent_desk',
      'agent_slot',
      'call_offer',
      'queue_entry',
      'department_setting',
      'call_change',
      'call_interval',
      'call',
    ])
      await runner.query(`drop table ${table}`);
    await runner.query(`drop function agent_slot_within_capacity()`);
  }
}
