import type { Kysely } from 'kysely';
import type { Run } from '#ports';
import { fromJson, toJson } from './exact-json.ts';
import type { Schema } from './schema.ts';

/** A run is saved when it starts and again when it ends. */
export const upsertRun = async (db: Kysely<Schema>, run: Run): Promise<void> => {
  const { id, ...values } = {
    id: run.id,
    started_at: run.startedAt,
    ended_at: run.endedAt ?? null,
    load: run.load,
    policy: run.policy,
    seed: run.seed,
    commit_hash: run.commit ?? null,
    result: run.result === undefined ? null : toJson(run.result),
  };
  await db
    .insertInto('runs')
    .values({ id, ...values })
    .onConflict((c) => c.column('id').doUpdateSet(values))
    .execute();
};

export const readRuns = async (db: Kysely<Schema>, limit: number): Promise<readonly Run[]> => {
  const rows = await db
    .selectFrom('runs')
    .selectAll()
    .orderBy('started_at', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    startedAt: row.started_at,
    endedAt: row.ended_at ?? undefined,
    load: row.load,
    policy: row.policy,
    seed: row.seed,
    commit: row.commit_hash ?? undefined,
    result: row.result === null ? undefined : fromJson(row.result),
  }));
};
