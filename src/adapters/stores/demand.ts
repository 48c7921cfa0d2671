import type { Kysely } from 'kysely';
import type { Arrivals } from '#core/model';
import { prepared } from './prepared.ts';
import type { Schema } from './schema.ts';
import {
  emptySeconds,
  fromBytes,
  hourOf,
  hourSeconds,
  overlay,
  packHour,
  type Seconds,
  toBytes,
  toSeconds,
  unpackHour,
} from './seconds.ts';

type Db = Kysely<Schema>;

const addRecent = prepared<Schema['demand_recent']>((db, v) =>
  db
    .insertInto('demand_recent')
    .values({
      target_id: v.target_id,
      starts_at: v.starts_at,
      decision_id: v.decision_id,
      counts: v.counts,
    })
    .onConflict((c) => c.doNothing()),
);

/** One small row a cycle: no cycle rewrites an hour. */
export const addDemand = async (
  db: Db,
  targetId: number,
  decisionId: string,
  arrivals: Arrivals,
): Promise<void> => {
  const { startsAt, counts } = toSeconds(arrivals);
  if (counts.length === 0) return;
  await addRecent(db, {
    target_id: targetId,
    starts_at: startsAt,
    decision_id: decisionId,
    counts: toBytes(counts),
  });
};

const hoursTouched = (parts: readonly Seconds[]): readonly number[] => {
  const hours = new Set<number>();
  for (const { startsAt, counts } of parts) {
    for (let hour = hourOf(startsAt); hour < startsAt + counts.length; hour += hourSeconds) hours.add(hour);
  }
  return [...hours].sort((a, b) => a - b);
};

/** Folds the rows that start before `before` into the blobs of their hours. */
export const packHours = async (db: Db, targetId: number, before: number): Promise<void> => {
  const rows = await db
    .selectFrom('demand_recent')
    .select(['starts_at', 'counts'])
    .where('target_id', '=', targetId)
    .where('starts_at', '<', before)
    .orderBy('starts_at')
    .orderBy('decision_id')
    .execute();
  if (rows.length === 0) return;
  const parts = rows.map((row) => ({ startsAt: row.starts_at, counts: fromBytes(row.counts) }));
  for (const hour of hoursTouched(parts)) {
    const whole = emptySeconds(hour, hourSeconds);
    const stored = await db
      .selectFrom('demand_hours')
      .select('counts')
      .where('target_id', '=', targetId)
      .where('hour_at', '=', hour)
      .executeTakeFirst();
    if (stored !== undefined) overlay(whole, { startsAt: hour, counts: unpackHour(stored.counts) });
    for (const part of parts) overlay(whole, part);
    const counts = packHour(whole.counts);
    await db
      .insertInto('demand_hours')
      .values({ target_id: targetId, hour_at: hour, counts })
      .onConflict((c) => c.columns(['target_id', 'hour_at']).doUpdateSet({ counts }))
      .execute();
  }
  await db
    .deleteFrom('demand_recent')
    .where('target_id', '=', targetId)
    .where('starts_at', '<', before)
    .execute();
};

/** To the hour where it is packed. A row that began before `from` counts from there. */
export const firstDemand = async (
  db: Db,
  targetId: number,
  from: number,
  to: number,
): Promise<number | undefined> => {
  // Rows move from there into hours, never back: asked in this order, what moves meanwhile is seen twice and not missed.
  const row = await db
    .selectFrom('demand_recent')
    .select('starts_at as at')
    .where('target_id', '=', targetId)
    .where('starts_at', '<', to)
    .orderBy('starts_at')
    .limit(1)
    .executeTakeFirst();
  const hour = await db
    .selectFrom('demand_hours')
    .select('hour_at as at')
    .where('target_id', '=', targetId)
    .where('hour_at', '>=', hourOf(from))
    .where('hour_at', '<', to)
    .orderBy('hour_at')
    .limit(1)
    .executeTakeFirst();
  const first = Math.min(...[hour, row].map((found) => found?.at ?? Number.POSITIVE_INFINITY));
  return Number.isFinite(first) ? Math.max(from, first) : undefined;
};

export const readDemand = async (
  db: Db,
  targetId: number,
  from: number,
  to: number,
): Promise<Float32Array> => {
  const result = emptySeconds(Math.floor(from), Math.max(0, Math.floor(to) - Math.floor(from)));
  // First of the two, for rows move into hours and never back. A row may have begun long before `from`; there are few.
  const recent = await db
    .selectFrom('demand_recent')
    .select(['starts_at', 'counts'])
    .where('target_id', '=', targetId)
    .where('starts_at', '<', to)
    .orderBy('starts_at')
    .orderBy('decision_id')
    .execute();
  const hours = await db
    .selectFrom('demand_hours')
    .select(['hour_at', 'counts'])
    .where('target_id', '=', targetId)
    .where('hour_at', '>=', hourOf(from))
    .where('hour_at', '<', to)
    .orderBy('hour_at')
    .execute();
  for (const hour of hours) overlay(result, { startsAt: hour.hour_at, counts: unpackHour(hour.counts) });
  for (const row of recent) overlay(result, { startsAt: row.starts_at, counts: fromBytes(row.counts) });
  return result.counts;
};
