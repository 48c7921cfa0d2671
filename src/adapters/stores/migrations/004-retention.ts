import { type Kysely, sql } from 'kysely';

/** How large the log is, up to when holds were removed, and what people did. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .alterTable('targets')
    .addColumn('record_bytes', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await sql`update targets set record_bytes =
    (select coalesce(sum(length(record)), 0) from decisions where target_id = targets.id)`.execute(db);

  await db.schema
    .createTable('pruned')
    .addColumn('what', 'text', (c) => c.primaryKey())
    .addColumn('before', 'double precision', (c) => c.notNull())
    .execute();

  await db.schema
    .createTable('audits')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('at', 'double precision', (c) => c.notNull())
    .addColumn('cluster', 'text', (c) => c.notNull())
    .addColumn('target_id', 'integer')
    .addColumn('action', 'text', (c) => c.notNull())
    .addColumn('entry', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('audits_at').on('audits').columns(['at', 'id']).execute();
  await db.schema.createIndex('audits_target').on('audits').columns(['target_id', 'at', 'id']).execute();
};
