import type { Kysely } from 'kysely';
import type { AuditEntry } from '#core/audit';
import type { AuditQuery, Page } from '#ports';
import { type Cursor, writeCursor } from './cursor.ts';
import { fromJson, toJson } from './exact-json.ts';
import type { Schema } from './schema.ts';
import type { TargetIds } from './targets.ts';

/** The row of an entry, made before its transaction: a target that is new takes a number of its own. */
export const auditRow = async (ids: TargetIds, entry: AuditEntry): Promise<Schema['audits']> => ({
  id: entry.id,
  at: entry.atSeconds,
  cluster: entry.cluster,
  target_id: entry.target === undefined ? null : await ids.of(entry.cluster, entry.target),
  action: entry.action,
  entry: toJson(entry),
});

export const insertAudits = async (db: Kysely<Schema>, rows: readonly Schema['audits'][]): Promise<void> => {
  if (rows.length === 0) return;
  await db
    .insertInto('audits')
    .values([...rows])
    .onConflict((c) => c.doNothing())
    .execute();
};

/** `targetIds`: undefined: of all targets and of none. */
export const readAudits = async (
  db: Kysely<Schema>,
  query: AuditQuery,
  targetIds: readonly number[] | undefined,
  before: Cursor | undefined,
): Promise<Page<AuditEntry>> => {
  if (targetIds?.length === 0) return { items: [], next: undefined };
  let rows = db
    .selectFrom('audits')
    .select(['at', 'id', 'entry'])
    .orderBy('at', 'desc')
    .orderBy('id', 'desc')
    .limit(query.limit + 1);
  if (targetIds !== undefined) rows = rows.where('target_id', 'in', targetIds);
  if (query.cluster !== undefined) rows = rows.where('cluster', '=', query.cluster);
  if (query.action !== undefined) rows = rows.where('action', '=', query.action);
  if (query.fromSeconds !== undefined) rows = rows.where('at', '>=', query.fromSeconds);
  if (query.toSeconds !== undefined) rows = rows.where('at', '<', query.toSeconds);
  if (before !== undefined)
    rows = rows.where((e) => e(e.refTuple('at', 'id'), '<', e.tuple(before.at, before.id)));
  const found = await rows.execute();
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return {
    items: items.map(({ entry }) => fromJson(entry) as AuditEntry),
    next: found.length > items.length && last !== undefined ? writeCursor(last) : undefined,
  };
};
