import { type Kysely, sql } from 'kysely';
import type { Target } from '#core/model';
import { targetKey } from '#core/model';
import type { TargetSummary } from '#ports';
import { holdsPrunedBefore } from './journal-pruning.ts';
import type { Schema } from './schema.ts';

export type TargetIds = {
  find(cluster: string, target: Target): Promise<number | undefined>;
  /** Makes the row if there is none. */
  of(cluster: string, target: Target): Promise<number>;
  /** In the cluster, or, where none is named, in all that have a workload of this name. */
  among(cluster: string | undefined, target: Target): Promise<readonly number[]>;
};

/** Rows of `targets` are never deleted, so a number once seen stays good for the life of the process. */
export const targetIds = (db: Kysely<Schema>): TargetIds => {
  const known = new Map<string, number>();
  /** An opening wants five things of a target at once: its number is asked for once. */
  const asked = new Map<string, Promise<number | undefined>>();

  const look = async (cluster: string, target: Target): Promise<number | undefined> => {
    const row = await db
      .selectFrom('targets')
      .select('id')
      .where('cluster', '=', cluster)
      .where('namespace', '=', target.namespace)
      .where('kind', '=', target.kind)
      .where('name', '=', target.name)
      .executeTakeFirst();
    return row?.id;
  };

  const find = async (cluster: string, target: Target): Promise<number | undefined> => {
    const key = `${cluster}/${targetKey(target)}`;
    const cached = known.get(key);
    if (cached !== undefined) return cached;
    let looking = asked.get(key);
    if (looking === undefined) {
      looking = look(cluster, target).finally(() => asked.delete(key));
      asked.set(key, looking);
    }
    const id = await looking;
    if (id !== undefined) known.set(key, id);
    return id;
  };

  const of = async (cluster: string, target: Target): Promise<number> => {
    for (;;) {
      const id = await find(cluster, target);
      if (id !== undefined) return id;
      // Two writers may take the same next number; the second then does nothing, looks again and takes another.
      await sql`insert into targets (id, cluster, namespace, kind, name, decisions)
        values ((select coalesce(max(id), 0) + 1 from targets), ${cluster}, ${target.namespace}, ${target.kind}, ${target.name}, 0)
        on conflict do nothing`.execute(db);
    }
  };

  const among = async (cluster: string | undefined, target: Target): Promise<readonly number[]> => {
    if (cluster !== undefined) {
      const id = await find(cluster, target);
      return id === undefined ? [] : [id];
    }
    const rows = await db
      .selectFrom('targets')
      .select('id')
      .where('namespace', '=', target.namespace)
      .where('kind', '=', target.kind)
      .where('name', '=', target.name)
      .execute();
    return rows.map((row) => row.id);
  };

  return { find, of, among };
};

export const targetSummaries = async (db: Kysely<Schema>): Promise<readonly TargetSummary[]> => {
  const wholeFrom = await holdsPrunedBefore(db);
  const rows = await db
    .selectFrom('targets')
    .selectAll()
    .select((e) =>
      e
        .selectFrom('decisions')
        .select('at')
        .whereRef('decisions.target_id', '=', 'targets.id')
        .orderBy('at')
        .orderBy('decisions.id')
        .limit(1)
        .as('first_at'),
    )
    .where('decisions', '>', 0)
    .orderBy('cluster')
    .orderBy('namespace')
    .orderBy('kind')
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    cluster: row.cluster,
    target: { namespace: row.namespace, kind: row.kind, name: row.name },
    policy: row.policy ?? '',
    firstAtSeconds: row.first_at ?? 0,
    wholeFromSeconds: Math.max(row.first_at ?? 0, wholeFrom),
    lastAtSeconds: row.last_at ?? 0,
    replicas: row.replicas ?? 0,
    decisions: row.decisions,
  }));
};
