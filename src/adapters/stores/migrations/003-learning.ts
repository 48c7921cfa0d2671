import type { Kysely } from 'kysely';

/** What was learned, what was set, what was run. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .createTable('snapshots')
    .addColumn('target_id', 'integer', (c) => c.notNull())
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('version', 'integer', (c) => c.notNull())
    .addColumn('schema_version', 'integer', (c) => c.notNull())
    .addColumn('at', 'double precision', (c) => c.notNull())
    .addColumn('experience', 'double precision', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('bytes', 'integer', (c) => c.notNull())
    .addColumn('damaged', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('data', 'bytea', (c) => c.notNull())
    .addPrimaryKeyConstraint('snapshots_key', ['target_id', 'policy', 'version'])
    .execute();

  await db.schema
    .createTable('settings')
    .addColumn('target_id', 'integer', (c) => c.notNull())
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('settings_key', ['target_id', 'policy'])
    .execute();

  await db.schema
    .createTable('runs')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('started_at', 'double precision', (c) => c.notNull())
    .addColumn('ended_at', 'double precision')
    .addColumn('load', 'text', (c) => c.notNull())
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('seed', 'bigint', (c) => c.notNull())
    .addColumn('commit_hash', 'text')
    .addColumn('result', 'text')
    .execute();
  await db.schema.createIndex('runs_started').on('runs').column('started_at').execute();
};
