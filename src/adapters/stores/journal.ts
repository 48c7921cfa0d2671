import { type Kysely, sql, type Transaction } from 'kysely';
import type { Credited, Mode, Reward } from '#core/model';
import { sizeAfter } from '#core/size-after';
import { marksOf } from '#core/tally';
import type { DecisionQuery, DecisionRecord, Page } from '#ports';
import { type Cursor, writeCursor } from './cursor.ts';
import { prepared } from './prepared.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { Schema } from './schema.ts';

type Kept = DecisionRecord & { readonly credited?: Reward | undefined };

const addDecision = prepared<Schema['decisions']>((db, v) =>
  db
    .insertInto('decisions')
    .values({
      id: v.id,
      target_id: v.target_id,
      at: v.at,
      policy: v.policy,
      mode: v.mode,
      outcome: v.outcome,
      from_replicas: v.from_replicas,
      to_replicas: v.to_replicas,
      changed: v.changed,
      notable: v.notable,
      trace_id: v.trace_id,
      table_version: v.table_version,
      marks: v.marks,
      record: v.record,
    })
    .onConflict((c) => c.doNothing()),
);

type Counted = { id: number; bytes: number; at: number; policy: string; replicas: number };
const countDecision = prepared<Counted>((db, v) => {
  const newest = sql<boolean>`(last_at is null or last_at <= ${v.at})`;
  return db
    .updateTable('targets')
    .set({
      decisions: sql`decisions + 1`,
      record_bytes: sql`record_bytes + ${v.bytes}`,
      policy: sql`case when ${newest} then ${v.policy} else policy end`,
      replicas: sql`case when ${newest} then ${v.replicas} else replicas end`,
      last_at: sql`case when ${newest} then ${v.at} else last_at end`,
    })
    .where('id', '=', v.id);
});

/** False when a decision of this id stands already: then nothing is written. */
export const insertDecision = async (
  trx: Transaction<Schema>,
  targetId: number,
  record: DecisionRecord,
): Promise<boolean> => {
  const { from, to } = record.decision;
  const changed = to === from ? 0 : 1;
  const packed = encodeRecord(record);
  const inserted = await addDecision(trx, {
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
  });
  if (inserted.numAffectedRows === 0n) return false;
  await countDecision(trx, {
    id: targetId,
    bytes: packed.length,
    at: record.atSeconds,
    policy: record.policy.name,
    replicas: sizeAfter(record),
  });
  return true;
};

/** The first reward of a decision stays; one for a decision that was pruned or never kept has nothing to belong to. */
const addReward = prepared<Schema['rewards']>((db, v) =>
  db
    .insertInto('rewards')
    .columns(['decision_id', 'total', 'efficiency', 'slo', 'stability', 'from_at', 'to_at', 'late_from'])
    .expression((e) =>
      e
        .selectFrom('decisions')
        .select([
          'id',
          e.val(v.total).as('total'),
          e.val(v.efficiency).as('efficiency'),
          e.val(v.slo).as('slo'),
          e.val(v.stability).as('stability'),
          e.val(v.from_at).as('from_at'),
          e.val(v.to_at).as('to_at'),
          e.val(v.late_from).as('late_from'),
        ])
        .where('id', '=', v.decision_id),
    )
    .onConflict((c) => c.doNothing()),
);

export const insertReward = async (
  trx: Transaction<Schema>,
  { decisionId, reward }: Credited,
): Promise<void> => {
  await addReward(trx, {
    decision_id: decisionId,
    total: reward.total,
    ...reward.terms,
    from_at: reward.window.from,
    to_at: reward.window.to,
    late_from: reward.lateFrom,
  });
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
