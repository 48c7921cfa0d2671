import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import type { Pruned, Retention } from '#ports';
import { packHours } from './demand.ts';
import { type Bite, bite, holdsPrunedBefore, type Place } from './journal-pruning.ts';
import type { Schema } from './schema.ts';
import { hourOf, hourSeconds } from './seconds.ts';
import { pruneSnapshots } from './snapshot-retention.ts';

/** What differs between databases. */
export type Room = {
  /** What a decision takes besides its packed record: columns, indexes, reward. As measured, rather more than less. */
  readonly rowBytes: number;
  /** Gives free room back to the file system, in bites; resolves with the bytes. */
  giveBack(stop: Stop): Promise<number>;
};

/** A loop that comes back reads up to an hour of holds, and what fell before it began. */
const neverPrunedSeconds = 7200;

/** When to make no further bite. */
export type Stop = { readonly aborted: boolean };

/** Between two bites the loop has its turn. */
export const pause = (): Promise<unknown> => setTimeout(5);

export const logBytes = async (db: Kysely<Schema>, rowBytes: number): Promise<number> => {
  const { records, decisions } = await db
    .selectFrom('targets')
    .select((e) => [
      e.fn.coalesce(e.fn.sum<number>('record_bytes'), e.lit(0)).as('records'),
      e.fn.coalesce(e.fn.sum<number>('decisions'), e.lit(0)).as('decisions'),
    ])
    .executeTakeFirstOrThrow();
  // PostgreSQL adds bigints up to a numeric, which its driver gives as text.
  return Number(records) + Number(decisions) * rowBytes;
};

type Eaten = Omit<Bite, 'next'>;

/** Bite after bite, until there is nothing left to look at or `excess` is gone. */
const eat = async (
  db: Kysely<Schema>,
  given: Omit<Parameters<typeof bite>[1], 'after'> & { readonly from: number; readonly stop: Stop },
): Promise<Eaten> => {
  let { holds, changes, rewards, bytes }: Eaten = { holds: 0, changes: 0, rewards: 0, bytes: 0 };
  let after: Place | undefined = { at: given.from, id: '' };
  while (after !== undefined && bytes < given.excess && !given.stop.aborted) {
    const excess = given.excess - bytes;
    const from: Place = after;
    const eaten = await db.transaction().execute((trx) => bite(trx, { ...given, after: from, excess }));
    holds += eaten.holds;
    changes += eaten.changes;
    rewards += eaten.rewards;
    bytes += eaten.bytes;
    after = eaten.next;
    await pause();
  }
  return { holds, changes, rewards, bytes };
};

const pruneJournal = async (
  db: Kysely<Schema>,
  nowSeconds: number,
  retention: Retention,
  rowBytes: number,
  stop: Stop,
): Promise<Eaten & { readonly left: number }> => {
  const { decisionsSeconds, changedSeconds, decisionsBytes } = retention;
  const eaten: Eaten[] = [];
  const round = async (holdsAlone: boolean, before: number, excess: number): Promise<void> => {
    const from = holdsAlone ? await holdsPrunedBefore(db) : Number.NEGATIVE_INFINITY;
    eaten.push(await eat(db, { holdsAlone, from, before, excess, rowBytes, stop }));
  };
  await round(true, nowSeconds - decisionsSeconds, Number.POSITIVE_INFINITY);
  await round(false, nowSeconds - Math.max(decisionsSeconds, changedSeconds), Number.POSITIVE_INFINITY);
  let left = await logBytes(db, rowBytes);
  for (const holdsAlone of [true, false]) {
    if (left <= decisionsBytes) break;
    await round(holdsAlone, nowSeconds - neverPrunedSeconds, left - decisionsBytes);
    left = await logBytes(db, rowBytes);
  }
  const sum = (of: keyof Eaten): number => eaten.reduce((total, one) => total + one[of], 0);
  return { holds: sum('holds'), changes: sum('changes'), rewards: sum('rewards'), bytes: sum('bytes'), left };
};

const pruneDemand = async (
  db: Kysely<Schema>,
  nowSeconds: number,
  before: number,
  stop: Stop,
): Promise<number> => {
  const pending = await db
    .selectFrom('demand_recent')
    .select('target_id')
    .distinct()
    .where('starts_at', '<', hourOf(nowSeconds))
    .execute();
  for (const { target_id } of pending) {
    await db.transaction().execute((trx) => packHours(trx, target_id, hourOf(nowSeconds)));
    await pause();
    if (stop.aborted) break;
  }
  const gone = await db
    .deleteFrom('demand_hours')
    .where('hour_at', '<=', before - hourSeconds)
    .executeTakeFirst();
  return Number(gone.numDeletedRows);
};

const pruneAllSnapshots = async (db: Kysely<Schema>, retention: Retention): Promise<number> => {
  const keys = await db.selectFrom('snapshots').select(['target_id', 'policy']).distinct().execute();
  let gone = 0;
  for (const { target_id, policy } of keys) {
    gone += await pruneSnapshots(db, target_id, policy, retention);
    await setImmediate();
  }
  return gone;
};

const pruneAudits = async (db: Kysely<Schema>, before: number): Promise<number> => {
  const gone = await db.deleteFrom('audits').where('at', '<', before).executeTakeFirst();
  return Number(gone.numDeletedRows);
};

export const prune = async (
  db: Kysely<Schema>,
  nowSeconds: number,
  retention: Retention,
  room: Room,
  stop: Stop = { aborted: false },
): Promise<Pruned> => {
  const { left, bytes: _, ...journal } = await pruneJournal(db, nowSeconds, retention, room.rowBytes, stop);
  const demand = await pruneDemand(db, nowSeconds, nowSeconds - retention.demandSeconds, stop);
  const snapshots = await pruneAllSnapshots(db, retention);
  const audits = await pruneAudits(db, nowSeconds - retention.auditSeconds);
  return {
    removed: { ...journal, audits, demand, snapshots },
    decisionsBytes: left,
    freedBytes: await room.giveBack(stop),
  };
};
