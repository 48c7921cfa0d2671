import type { Kysely } from 'kysely';
import type { Retention } from '#ports';
import type { Schema } from './schema.ts';

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
