import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { Retention } from '#ports';
import { packHours } from './demand.ts';
import type { Schema } from './schema.ts';
import { hourOf, hourSeconds } from './seconds.ts';

/** SQLite runs on this thread: a batch takes a few milliseconds, and between two of them the loop has its turn. */
const batchRows = 500;
const daySeconds = 86_400;

type Keep = Pick<Retention, 'keepSnapshots' | 'keepDailySnapshots'>;

/** Kept after each save, whatever the retention says later: the last five, and one a day for a week. */
export const keptSnapshots: Keep = { keepSnapshots: 5, keepDailySnapshots: 7 };

/** The newest, and the newest of each of the last days, counted from the newest snapshot; in force, never too few. */
const versionsToKeep = (rows: readonly { version: number; at: number }[], keep: Keep): Set<number> => {
  const kept = new Set(rows.slice(0, Math.max(1, keep.keepSnapshots)).map((row) => row.version));
  const dayOf = (at: number): number => Math.floor(at / daySeconds);
  const today = dayOf(Math.max(...rows.map((row) => row.at)));
  const days = new Set<number>();
  for (const { version, at } of rows) {
    const day = dayOf(at);
    if (days.has(day) || today - day >= keep.keepDailySnapshots) continue;
    days.add(day);
    kept.add(version);
  }
  return kept;
};

/** Damaged ones go with the whole ones of their age. */
export const pruneSnapshots = async (
  db: Kysely<Schema>,
  targetId: number,
  policy: string,
  keep: Keep,
): Promise<number> => {
  const rows = await db
    .selectFrom('snapshots')
    .select(['version', 'at', 'damaged'])
    .where('target_id', '=', targetId)
    .where('policy', '=', policy)
    .orderBy('version', 'desc')
    .execute();
  const whole = rows.filter((row) => row.damaged === 0);
  if (whole.length === 0) return 0;
  const kept = versionsToKeep(whole, keep);
  const oldest = Math.min(...kept);
  const gone = rows.filter((row) => (row.damaged === 0 ? !kept.has(row.version) : row.version < oldest));
  if (gone.length === 0) return 0;
  await db
    .deleteFrom('snapshots')
    .where('target_id', '=', targetId)
    .where('policy', '=', policy)
    .where(
      'version',
      'in',
      gone.map((row) => row.version),
    )
    .execute();
  return gone.length;
};

const pruneBatch = async (
  trx: Transaction<Schema>,
  before: number,
): Promise<{ decisions: number; rewards: number }> => {
  const rows = await trx
    .selectFrom('decisions')
    .select(['id', 'target_id'])
    .where('at', '<', before)
    .orderBy('at')
    .orderBy('id')
    .limit(batchRows)
    .execute();
  if (rows.length === 0) return { decisions: 0, rewards: 0 };
  const ids = rows.map((row) => row.id);
  const rewards = await trx.deleteFrom('rewards').where('decision_id', 'in', ids).executeTakeFirst();
  await trx.deleteFrom('decisions').where('id', 'in', ids).execute();
  const perTarget = Map.groupBy(rows, (row) => row.target_id);
  for (const [targetId, gone] of [...perTarget].sort(([a], [b]) => a - b)) {
    await trx
      .updateTable('targets')
      .set((e) => ({ decisions: e('decisions', '-', gone.length) }))
      .where('id', '=', targetId)
      .execute();
  }
  return { decisions: rows.length, rewards: Number(rewards.numDeletedRows) };
};

const pruneJournal = async (
  db: Kysely<Schema>,
  before: number,
): Promise<{ decisions: number; rewards: number }> => {
  const total = { decisions: 0, rewards: 0 };
  for (;;) {
    const batch = await db.transaction().execute((trx) => pruneBatch(trx, before));
    total.decisions += batch.decisions;
    total.rewards += batch.rewards;
    if (batch.decisions < batchRows) return total;
    await setImmediate();
  }
};

const pruneDemand = async (db: Kysely<Schema>, nowSeconds: number, before: number): Promise<number> => {
  const pending = await db
    .selectFrom('demand_recent')
    .select('target_id')
    .distinct()
    .where('starts_at', '<', hourOf(nowSeconds))
    .execute();
  for (const { target_id } of pending) {
    await db.transaction().execute((trx) => packHours(trx, target_id, hourOf(nowSeconds)));
    await setImmediate();
  }
  const gone = await db
    .deleteFrom('demand_hours')
    .where('hour_at', '<=', before - hourSeconds)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
};

export const prune = async (
  db: Kysely<Schema>,
  nowSeconds: number,
  retention: Retention,
): Promise<Readonly<Record<string, number>>> => {
  const journal = await pruneJournal(db, nowSeconds - retention.decisionsSeconds);
  const demand = await pruneDemand(db, nowSeconds, nowSeconds - retention.demandSeconds);
  const keys = await db.selectFrom('snapshots').select(['target_id', 'policy']).distinct().execute();
  let snapshots = 0;
  for (const { target_id, policy } of keys)
    snapshots += await pruneSnapshots(db, target_id, policy, retention);
  return { ...journal, demand, snapshots };
};
