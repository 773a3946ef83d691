import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The legs of calls at the carrier, recordings, and what the carrier has heard. */
export class Carrier1763684101000 implements MigrationInterface {
  name = 'Carrier1763684101000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table call_leg (
        id uuid primary key,
        call_id uuid not null references call,
        role text not null check (role in ('caller', 'agent', 'supervisor')),
        agent_id uuid references agent,
        sid text collate "C" constraint call_leg_sid unique,
        place text check (place in ('menu', 'queue', 'conference', 'voicemail')),
        mode text check (mode in ('listen', 'whisper', 'barge')),
        conference_order bigint not null default 0,
        in_conference boolean not null default false,
        ended_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        constraint call_leg_who check ((role = 'caller') = (agent_id is null)),
        constraint call_leg_mode check ((role = 'supervisor') = (mode is not null))
      )`);
    await runner.query(`create unique index call_leg_one_caller on call_leg (call_id) where role = 'caller'`);
    // An agent's telephone is rung once per call at a time
    await runner.query(`create unique index call_leg_one_per_agent on call_leg (call_id, agent_id)
                          where agent_id is not null and ended_at is null`);

    await runner.query(`
      create table call_recording (
        id uuid primary key,
        call_id uuid not null references call,
        kind text not null check (kind in ('call', 'voicemail')),
        provider_sid text collate "C" constraint call_recording_provider unique,
        state text not null check (state in
          ('pending', 'recording', 'paused', 'processing', 'available', 'failed', 'deleted')),
        is_paused boolean not null default false,
        started_at timestamptz(3),
        ended_at timestamptz(3),
        duration_seconds integer,
        content_type text,
        size bigint,
        md5 text,
        sha256 text,
        storage_key text,
        attempts smallint not null default 0,
        due_at timestamptz(3),
        error text,
        deleted_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint call_recording_available_is_whole check (state <> 'available' or
          (storage_key is not null and size is not null and md5 is not null and sha256 is not null)),
        constraint call_recording_deleted_is_gone check ((state = 'deleted') = (deleted_at is not null))
      )`);
    await runner.query(`create unique index call_recording_one on call_recording (call_id, kind)`);
    await runner.query(`create index call_recording_due on call_recording (due_at) where due_at is not null`);
    await runner.query(`create index call_recording_age on call_recording (created_at) where state = 'available'`);

    await runner.query(`
      create table heard_utterance (
        id uuid primary key,
        call_id uuid not null references call,
        transcription_sid text not null collate "C",
        sequence integer not null,
        speaker text check (speaker in ('customer', 'agent')),
        content text,
        language text,
        written boolean not null default false,
        created_at timestamptz(3) not null default now(),
        constraint heard_utterance_once unique (transcription_sid, sequence)
      )`);
    await runner.query(`create index heard_utterance_open on heard_utterance (call_id, transcription_sid, sequence)
                          where not written`);
    await runner.query(`create index heard_utterance_waiting on heard_utterance (created_at) where not written`);

    await runner.query(`alter table telephony_command drop constraint telephony_command_kind_check`);
    await runner.query(`alter table telephony_command add constraint telephony_command_kind_check
                          check (kind in ('dial', 'hang_up', 'hold', 'resume', 'bridge', 'settle'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from telephony_command where kind = 'settle'`);
    await runner.query(`alter table telephony_command drop constraint telephony_command_kind_check`);
    await runner.query(`alter table telephony_command add constraint telephony_command_kind_check
                          check (kind in ('dial', 'hang_up', 'hold', 'resume', 'bridge'))`);
    for (const table of ['heard_utterance', 'call_recording', 'call_leg']) await runner.query(`drop table ${table}`);
  }
}
