import { type Kysely, sql } from 'kysely';

/** Targets, decisions and rewards. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .createTable('targets')
    .addColumn('id', 'integer', (c) => c.primaryKey())
    .addColumn('cluster', 'text', (c) => c.notNull())
    .addColumn('namespace', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('policy', 'text')
    .addColumn('last_at', 'double precision')
    .addColumn('replicas', 'integer')
    .addColumn('decisions', 'bigint', (c) => c.notNull().defaultTo(0))
    .addUniqueConstraint('targets_named', ['cluster', 'namespace', 'kind', 'name'])
    .execute();

  await db.schema
    .createTable('decisions')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('target_id', 'integer', (c) => c.notNull())
    .addColumn('at', 'double precision', (c) => c.notNull())
    .addColumn('policy', 'text', (c) => c.notNull())
    .addColumn('mode', 'text', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('from_replicas', 'integer', (c) => c.notNull())
    .addColumn('to_replicas', 'integer', (c) => c.notNull())
    .addColumn('changed', 'integer', (c) => c.notNull())
    .addColumn('notable', 'integer', (c) => c.notNull())
    .addColumn('trace_id', 'text', (c) => c.notNull())
    .addColumn('table_version', 'integer', (c) => c.notNull())
    .addColumn('record', 'bytea', (c) => c.notNull())
    .execute();

  // A page is read backwards along (at, id). Holds are nine rows in ten, so what people filter by has partial
  // indexes of its own, a few per cent of the size of a full one.
  await sql`create index decisions_at on decisions (at, id)`.execute(db);
  await sql`create index decisions_target on decisions (target_id, at, id)`.execute(db);
  await sql`create index decisions_changed on decisions (changed, at, id) where changed = 1`.execute(db);
  await sql`create index decisions_target_changed on decisions (target_id, changed, at, id) where changed = 1`.execute(
    db,
  );
  await sql`create index decisions_outcome on decisions (outcome, at, id) where notable = 1`.execute(db);
  await sql`create index decisions_target_outcome on decisions (target_id, outcome, at, id) where notable = 1`.execute(
    db,
  );

  await db.schema
    .createTable('rewards')
    .addColumn('decision_id', 'text', (c) => c.primaryKey())
    .addColumn('total', 'double precision', (c) => c.notNull())
    .addColumn('efficiency', 'double precision', (c) => c.notNull())
    .addColumn('slo', 'double precision', (c) => c.notNull())
    .addColumn('stability', 'double precision', (c) => c.notNull())
    .addColumn('from_at', 'double precision', (c) => c.notNull())
    .addColumn('to_at', 'double precision', (c) => c.notNull())
    .addColumn('late_from', 'text', (c) => c.notNull())
    .execute();
};
