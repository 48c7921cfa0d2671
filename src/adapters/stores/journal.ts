import { type Kysely, sql, type Transaction } from 'kysely';
import type { Credited, Mode, Reward } from '#core/model';
import { sizeAfter } from '#core/size-after';
import { marksOf } from '#core/tally';
import type { DecisionQuery, DecisionRecord, Page } from '#ports';
import { type Cursor, writeCursor } from './cursor.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { Schema } from './schema.ts';

type Kept = DecisionRecord & { readonly credited?: Reward | undefined };

/** False when a decision of this id stands already: then nothing is written. */
export const insertDecision = async (
  trx: Transaction<Schema>,
  targetId: number,
  record: DecisionRecord,
): Promise<boolean> => {
  const { from, to } = record.decision;
  const changed = to === from ? 0 : 1;
  const packed = encodeRecord(record);
  const inserted = await trx
    .insertInto('decisions')
    .values({
      id: record.id,
      target_id: targetId,
      at: record.atSeconds,
      policy: record.policy.name,
      mode: record.mode satisfies Mode,
      outcome: record.outcome,
      from_replicas: from,
      to_replicas: to,
      changed,
      notable: changed === 1 || record.outcome !== 'held' ? 1 : 0,
      trace_id: record.traceId,
      table_version: record.tableVersion,
      marks: marksOf(record).join(' '),
      record: packed,
    })
    .onConflict((c) => c.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 0n) return false;

  const at = record.atSeconds;
  const newest = sql<boolean>`(last_at is null or last_at <= ${at})`;
  await trx
    .updateTable('targets')
    .set({
      decisions: sql`decisions + 1`,
      record_bytes: sql`record_bytes + ${packed.length}`,
      policy: sql`case when ${newest} then ${record.policy.name} else policy end`,
      replicas: sql`case when ${newest} then ${sizeAfter(record)} else replicas end`,
      last_at: sql`case when ${newest} then ${at} else last_at end`,
    })
    .where('id', '=', targetId)
    .execute();
  return true;
};

/** The first reward of a decision stays; one for a decision that was pruned or never kept has nothing to belong to. */
export const insertReward = async (
  trx: Transaction<Schema>,
  { decisionId, reward }: Credited,
): Promise<void> => {
  const credited = await trx
    .selectFrom('decisions')
    .select('id')
    .where('id', '=', decisionId)
    .executeTakeFirst();
  if (credited === undefined) return;
  await trx
    .insertInto('rewards')
    .values({
      decision_id: decisionId,
      total: reward.total,
      ...reward.terms,
      from_at: reward.window.from,
      to_at: reward.window.to,
      late_from: reward.lateFrom,
    })
    .onConflict((c) => c.doNothing())
    .execute();
};

const kept = (db: Kysely<Schema>) =>
  db
    .selectFrom('decisions as d')
    .innerJoin('targets as t', 't.id', 'd.target_id')
    .leftJoin('rewards as r', 'r.decision_id', 'd.id')
    .select(['d.id', 'd.at', 'd.trace_id', 'd.record', 't.cluster', 't.namespace', 't.kind', 't.name'])
    .select(['r.total', 'r.efficiency', 'r.slo', 'r.stability', 'r.from_at', 'r.to_at', 'r.late_from']);

type Row = Awaited<ReturnType<ReturnType<typeof kept>['executeTakeFirstOrThrow']>>;

const creditedOf = (row: Row): Reward | undefined =>
  row.total === null
    ? undefined
    : {
        total: row.total,
        terms: { efficiency: row.efficiency!, slo: row.slo!, stability: row.stability! },
        window: { from: row.from_at!, to: row.to_at! },
        lateFrom: row.late_from as Reward['lateFrom'],
      };

const recordOf = (row: Row): Kept => {
  const record = decodeRecord(
    {
      id: row.id,
      traceId: row.trace_id,
      cluster: row.cluster,
      target: { namespace: row.namespace, kind: row.kind, name: row.name },
      atSeconds: row.at,
    },
    row.record,
  );
  const credited = creditedOf(row);
  return credited === undefined ? record : { ...record, credited };
};

export const readDecision = async (db: Kysely<Schema>, id: string): Promise<Kept | undefined> => {
  const row = await kept(db).where('d.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : recordOf(row);
};

const pageRows = (
  db: Kysely<Schema>,
  query: DecisionQuery,
  targetId: number | undefined,
  after: Cursor | undefined,
): Promise<Row[]> => {
  const order = query.oldestFirst ? 'asc' : 'desc';
  let rows = kept(db)
    .orderBy('d.at', order)
    .orderBy('d.id', order)
    .limit(query.limit + 1);
  if (targetId !== undefined) rows = rows.where('d.target_id', '=', targetId);
  if (query.fromSeconds !== undefined) rows = rows.where('d.at', '>=', query.fromSeconds);
  if (query.toSeconds !== undefined) rows = rows.where('d.at', '<', query.toSeconds);
  // A partial index is used only where its own condition stands in the query word for word, not as a parameter.
  if (query.changed === true) rows = rows.where(sql<boolean>`d.changed = 1`);
  if (query.changed === false) rows = rows.where('d.changed', '=', 0);
  if (query.outcome !== undefined) rows = rows.where('d.outcome', '=', query.outcome);
  if (query.outcome !== undefined && query.outcome !== 'held') rows = rows.where(sql<boolean>`d.notable = 1`);
  if (after !== undefined) {
    const onwards = query.oldestFirst ? '>' : '<';
    rows = rows.where((e) => e(e.refTuple('d.at', 'd.id'), onwards, e.tuple(after.at, after.id)));
  }
  return rows.execute();
};

const newestFirst = (a: Row, b: Row): number => b.at - a.at || (a.id < b.id ? 1 : -1);

/** `targetIds`: one for each cluster that has a workload of the name asked for; undefined: all. */
export const readDecisions = async (
  db: Kysely<Schema>,
  query: DecisionQuery,
  targetIds: readonly number[] | undefined,
  after: Cursor | undefined,
): Promise<Page<Kept>> => {
  const ids = targetIds ?? [undefined];
  const found = await Promise.all(ids.map((id) => pageRows(db, query, id, after)));
  const inOrder = query.oldestFirst ? (a: Row, b: Row) => newestFirst(b, a) : newestFirst;
  const rows = ids.length === 1 ? found.flat() : found.flat().sort(inOrder);
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items: items.map(recordOf),
    next: rows.length > items.length && last !== undefined ? writeCursor(last) : undefined,
  };
};
