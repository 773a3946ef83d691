import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Recordings that belong to sales, on their way to the gateway's store. */
export class SaleRecordings1763684001000 implements MigrationInterface {
  name = 'SaleRecordings1763684001000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table sale_recording (
        id uuid primary key,
        recording_id varchar(36) collate "C",
        sales_process_id varchar(36) collate "C" not null,
        process_id uuid not null references sales_process,
        status varchar(20) not null check (status in ('pending', 'uploading', 'complete', 'failed')),
        file_name varchar(200) not null,
        recorded_at timestamptz(3) not null,
        ended_at timestamptz(3) not null check (ended_at >= recorded_at),
        source text not null check (source in ('two_step', 'upload', 'call')),
        -- the recording of a call is uploaded once, however often we hear of it
        call_recording_id text collate "C" constraint sale_recording_of_call unique,
        content_type text not null check (content_type in ('audio/wav', 'audio/mpeg')),
        size_bytes bigint,
        md5 text,
        storage_key text,
        upload_url text,
        upload_url_expires_at timestamptz(3),
        attempts int not null default 0,
        next_attempt_at timestamptz(3),
        lease_until timestamptz(3),
        sent_bytes bigint not null default 0,
        failure_code text,
        failure text,
        completed_at timestamptz(3),
        file_deleted_at timestamptz(3),
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        -- what has ended is not tried any more
        constraint sale_recording_owed check (next_attempt_at is null or status in ('pending', 'uploading')),
        constraint sale_recording_failure check ((status = 'failed') = (failure_code is not null))
      )`);
    await runner.query(`create unique index recording_id_idx on sale_recording (recording_id)`);
    await runner.query(
      `create index sales_process_id_key on sale_recording (sales_process_id, created_at desc, id desc)`,
    );
    await runner.query(`create index sale_recording_process on sale_recording (process_id)`);
    await runner.query(
      `create index sale_recording_due on sale_recording (next_attempt_at) where next_attempt_at is not null`,
    );
    await runner.query(
      `create index sale_recording_reported on sale_recording (upload_url_expires_at)
        where source = 'two_step' and status in ('pending', 'uploading')`,
    );
    await runner.query(
      `create index sale_recording_kept on sale_recording (completed_at)
        where storage_key is not null and file_deleted_at is null and completed_at is not null`,
    );
    await runner.query(
      `create index sale_recording_unreceived on sale_recording (created_at)
        where source = 'upload' and size_bytes is null and status = 'pending'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table sale_recording`);
  }
}
