import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is owed to Appwrite: one row for each sale and recording that is mirrored. */
export class AppwriteMirror1763684002000 implements MigrationInterface {
  name = 'AppwriteMirror1763684002000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table appwrite_owed (
        id uuid primary key,
        kind text not null check (kind in ('sale', 'recording')),
        object_id uuid not null,
        version bigint not null default 1,
        mirrored_state timestamptz(3),
        claim bigint not null default 0,
        attempts int not null default 0,
        next_attempt_at timestamptz(3),
        failure text,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint appwrite_owed_object unique (kind, object_id)
      )`);
    await runner.query(
      `create index appwrite_owed_due on appwrite_owed (next_attempt_at) where next_attempt_at is not null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table appwrite_owed`);
  }
}
