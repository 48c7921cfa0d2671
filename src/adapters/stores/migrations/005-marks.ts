import { type Kysely, sql } from 'kysely';

/** What bore on a decision beside its record, so that a history counts it from an index of the few that carry any. */
export const up = async (db: Kysely<unknown>): Promise<void> => {
  await db.schema.alterTable('decisions').addColumn('marks', 'text').execute();
  await sql`create index decisions_target_marks on decisions (target_id, at, marks) where marks <> ''`.execute(
    db,
  );
};
