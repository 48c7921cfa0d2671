import { type Kysely, sql, type Transaction } from 'kysely';
import type { Schema } from './schema.ts';

type Db = Kysely<Schema>;

/** SQLite runs on this thread: a bite takes some ten milliseconds. */
export const biteRows = 250;

type Row = {
  readonly id: string;
  readonly at: number;
  readonly notable: number;
  readonly bytes: number;
};

/** Since when all holds are there. One that came late, with a time before it, goes with the changes of its time. */
export const holdsPrunedBefore = async (db: Db): Promise<number> => {
  const row = await db.selectFrom('pruned').select('before').where('what', '=', 'holds').executeTakeFirst();
  return row?.before ?? Number.NEGATIVE_INFINITY;
};

const bytesOfRecord = sql<number>`length(record)`;

/** Of one instant there may be more rows than a bite has, so the place is an instant and an id. */
export type Place = { readonly at: number; readonly id: string };

/** The next rows in the order of time, whatever they are: what is looked at is bounded, not only what is found. */
const rowsFrom = (trx: Transaction<Schema>, after: Place, before: number): Promise<Row[]> =>
  trx
    .selectFrom('decisions')
    .select(['id', 'at', 'notable', bytesOfRecord.as('bytes')])
    .where((e) => e(e.refTuple('at', 'id'), '>', e.tuple(after.at, after.id)))
    .where('at', '<', before)
    .orderBy('at')
    .orderBy('id')
    .limit(biteRows)
    .execute();

/** So many from the front that what they take reaches `excess`. */
const upTo = (rows: readonly Row[], excess: number, rowBytes: number): readonly Row[] => {
  let freed = 0;
  const end = rows.findIndex((row) => {
    freed += row.bytes + rowBytes;
    return freed >= excess;
  });
  return end === -1 ? rows : rows.slice(0, end + 1);
};

export type Bite = {
  readonly holds: number;
  readonly changes: number;
  readonly rewards: number;
  readonly bytes: number;
  /** Where the next bite begins; undefined: nothing is left to look at. */
  readonly next: Place | undefined;
};

/** What was there is counted as it goes: another process may have pruned the same rows a moment ago. */
const remove = async (
  trx: Transaction<Schema>,
  ids: readonly string[],
  rowBytes: number,
): Promise<Omit<Bite, 'next'>> => {
  if (ids.length === 0) return { holds: 0, changes: 0, rewards: 0, bytes: 0 };
  const rewards = await trx.deleteFrom('rewards').where('decision_id', 'in', ids).executeTakeFirst();
  const gone = await trx
    .deleteFrom('decisions')
    .where('id', 'in', ids)
    .returning(['target_id', 'notable', bytesOfRecord.as('bytes')])
    .execute();
  let all = 0;
  for (const [targetId, rows] of [...Map.groupBy(gone, (row) => row.target_id)].sort(([a], [b]) => a - b)) {
    const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
    all += bytes + rows.length * rowBytes;
    await trx
      .updateTable('targets')
      .set((e) => ({
        decisions: e('decisions', '-', rows.length),
        record_bytes: e('record_bytes', '-', bytes),
      }))
      .where('id', '=', targetId)
      .execute();
  }
  const changes = gone.filter(({ notable }) => notable === 1).length;
  return { holds: gone.length - changes, changes, rewards: Number(rewards.numDeletedRows), bytes: all };
};

/** Removes the oldest holds, or the oldest of all, from `after` on and before a time, until `excess` bytes are free. */
export const bite = async (
  trx: Transaction<Schema>,
  given: {
    readonly holdsAlone: boolean;
    readonly after: Place;
    readonly before: number;
    readonly excess: number;
    readonly rowBytes: number;
  },
): Promise<Bite> => {
  const { holdsAlone, after, before, excess, rowBytes } = given;
  const rows = await rowsFrom(trx, after, before);
  const wanted = rows.filter(({ notable }) => !holdsAlone || notable === 0);
  const chosen = upTo(wanted, excess, rowBytes);
  const removed = await remove(
    trx,
    chosen.map(({ id }) => id),
    rowBytes,
  );
  const done = chosen.length < wanted.length;
  const end = done ? chosen.at(-1) : rows.at(-1);
  if (end !== undefined) await mark(trx, end.at);
  return { ...removed, next: done || rows.length < biteRows ? undefined : end };
};

const mark = async (trx: Transaction<Schema>, before: number): Promise<void> => {
  await trx
    .insertInto('pruned')
    .values({ what: 'holds', before })
    .onConflict((c) =>
      c.column('what').doUpdateSet({
        before: sql`case when pruned.before < ${before} then ${before} else pruned.before end`,
      }),
    )
    .execute();
};
