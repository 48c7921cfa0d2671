import type { Kysely } from 'kysely';

/** Demand: a row a cycle for the hour that runs, one packed blob for each hour that is over. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema
    .createTable('demand_recent')
    .addColumn('target_id', 'integer', (c) => c.notNull())
    .addColumn('starts_at', 'bigint', (c) => c.notNull())
    .addColumn('decision_id', 'text', (c) => c.notNull())
    .addColumn('counts', 'bytea', (c) => c.notNull())
    .addPrimaryKeyConstraint('demand_recent_key', ['target_id', 'starts_at', 'decision_id'])
    .execute();

  await db.schema
    .createTable('demand_hours')
    .addColumn('target_id', 'integer', (c) => c.notNull())
    .addColumn('hour_at', 'bigint', (c) => c.notNull())
    .addColumn('counts', 'bytea', (c) => c.notNull())
    .addPrimaryKeyConstraint('demand_hours_key', ['target_id', 'hour_at'])
    .execute();
};
