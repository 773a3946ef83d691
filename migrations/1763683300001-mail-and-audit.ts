import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails that are owed, and the record of what people did with power. */
export class MailAndAudit1763683300001 implements MigrationInterface {
  name = 'MailAndAudit1763683300001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table mail (
        id uuid primary key,
        template text not null,
        to_address text not null,
        data jsonb not null,
        status text not null default 'owed' check (status in ('owed', 'sent', 'failed', 'expired')),
        attempts integer not null default 0,
        next_attempt_at timestamptz(3) not null default now(),
        deliver_before timestamptz(3) not null,
        sent_at timestamptz(3),
        last_error text,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index mail_due on mail (next_attempt_at) where status = 'owed'`);
    await runner.query(`create index mail_settled on mail (updated_at) where status <> 'owed'`);
    await runner.query(`
      create table audit_entry (
        id uuid primary key,
        actor jsonb not null,
        action text not null,
        object text not null,
        details jsonb not null,
        request_id text,
        created_at timestamptz(3) not null default now()
      )`);
    await runner.query(`create index audit_entry_object on audit_entry (object, created_at desc)`);
    await runner.query(`create index audit_entry_newest on audit_entry (created_at desc, id desc)`);
    await runner.query(`
      create function audit_entry_stays() returns trigger language plpgsql as $$
      begin
        raise exception 'audit entries are neither changed nor deleted';
      end $$`);
    await runner.query(`
      create trigger audit_entry_stays before update or delete on audit_entry
        for each row execute function audit_entry_stays()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table audit_entry`);
    await runner.query(`drop function audit_entry_stays`);
    await runner.query(`drop table mail`);
  }
}
