import type { Kysely } from 'kysely';
import type { AuditEntry } from '#core/audit';
import { PortError, type Store } from '#ports';
import { auditRow, insertAudits, readAudits } from './audits.ts';
import { readCursor } from './cursor.ts';
import { addDemand, firstDemand, packHours, readDemand } from './demand.ts';
import { fromJson, toJson } from './exact-json.ts';
import { insertDecision, insertReward, readDecision, readDecisions } from './journal.ts';
import { prune, type Room } from './retention.ts';
import { readRuns, upsertRun } from './runs.ts';
import type { Schema } from './schema.ts';
import { hourOf } from './seconds.ts';
import { keptSnapshots, pruneSnapshots } from './snapshot-retention.ts';
import { insertSnapshot, listSnapshots, newestWhole } from './snapshots.ts';
import { readTally } from './tally.ts';
import { targetIds, targetSummaries } from './targets.ts';

/** What differs between databases: a driver's error becomes one sentence that says what happened and what mends it. */
export type Fault = (error: unknown) => PortError;

/** Each method of `store` rejects with a PortError and nothing else. */
const withFaults = <T extends object>(store: T, fault: Fault): T =>
  Object.fromEntries(
    Object.entries(store).map(([name, member]) => [
      name,
      typeof member !== 'function'
        ? member
        : async (...given: unknown[]) => {
            try {
              return await member(...given);
            } catch (error) {
              throw error instanceof PortError ? error : fault(error);
            }
          },
    ]),
  ) as T;

export const sqlStore = (name: string, db: Kysely<Schema>, fault: Fault, room: Room): Store => {
  const ids = targetIds(db);
  /** Hour of the newest arrivals of each target: when it moves on, the rows of the hours before are packed. */
  const currentHour = new Map<number, number>();
  let closed: Promise<void> | undefined;
  const rowsOf = (notes: readonly AuditEntry[]): Promise<Schema['audits'][]> =>
    Promise.all(notes.map((note) => auditRow(ids, note)));

  const store: Store = {
    name,

    async append(record) {
      const targetId = await ids.of(record.cluster, record.target);
      const { arrivals } = record.observation;
      const hour = arrivals === undefined ? undefined : hourOf(arrivals.startsAt);
      const known = currentHour.get(targetId);
      await db.transaction().execute(async (trx) => {
        if (!(await insertDecision(trx, targetId, record))) return;
        if (record.reward !== undefined) await insertReward(trx, record.reward);
        if (arrivals === undefined || hour === undefined) return;
        await addDemand(trx, targetId, record.id, arrivals);
        if (known === undefined || hour > known) await packHours(trx, targetId, hour);
      });
      if (hour !== undefined) currentHour.set(targetId, Math.max(hour, known ?? hour));
    },

    decision: (id) => readDecision(db, id),

    async decisions(query) {
      const before = query.cursor === undefined ? undefined : readCursor(name, query.cursor);
      const targets = query.target === undefined ? undefined : await ids.among(query.cluster, query.target);
      return readDecisions(db, query, targets, before);
    },

    async tally(cluster, target, fromSeconds, toSeconds) {
      return readTally(db, (await ids.find(cluster, target)) ?? -1, fromSeconds, toSeconds);
    },

    targets: () => targetSummaries(db),

    async firstDemandAt(cluster, target, fromSeconds, toSeconds) {
      return firstDemand(db, (await ids.find(cluster, target)) ?? -1, fromSeconds, toSeconds);
    },

    async demand(cluster, target, fromSeconds, toSeconds) {
      return readDemand(db, (await ids.find(cluster, target)) ?? -1, fromSeconds, toSeconds);
    },

    async saveSnapshot(key, snapshot, options = {}) {
      const id = await ids.of(key.cluster, key.target);
      const notes = await rowsOf(options.note === undefined ? [] : [options.note]);
      return db.transaction().execute(async (trx) => {
        await insertAudits(trx, notes);
        const saved = await insertSnapshot(trx, name, id, key, snapshot, options.replace ?? false);
        await pruneSnapshots(trx, id, key.policy, keptSnapshots);
        return saved;
      });
    },

    async loadSnapshot(key) {
      const id = await ids.find(key.cluster, key.target);
      return id === undefined ? { snapshot: undefined, damaged: [] } : newestWhole(db, id, key.policy);
    },

    snapshots: (key) => listSnapshots(db, key),
    saveRun: (run) => upsertRun(db, run),
    runs: (limit) => readRuns(db, limit),

    async saveSettings(key, settings, notes = []) {
      const row = { target_id: await ids.of(key.cluster, key.target), policy: key.policy };
      const text = { settings: toJson(settings ?? null) };
      const save = (on: Kysely<Schema>): Promise<unknown> =>
        on
          .insertInto('settings')
          .values({ ...row, ...text })
          .onConflict((c) => c.columns(['target_id', 'policy']).doUpdateSet(text))
          .execute();
      if (notes.length === 0) return void (await save(db));
      const rows = await rowsOf(notes);
      await db.transaction().execute(async (trx) => {
        await insertAudits(trx, rows);
        await save(trx);
      });
    },

    async loadSettings(key) {
      const id = await ids.find(key.cluster, key.target);
      const row = await db
        .selectFrom('settings')
        .select('settings')
        .where('target_id', '=', id ?? -1)
        .where('policy', '=', key.policy)
        .executeTakeFirst();
      return row === undefined ? undefined : fromJson(row.settings);
    },

    audit: async (entry) => insertAudits(db, await rowsOf([entry])),

    async audits(query) {
      const before = query.cursor === undefined ? undefined : readCursor(name, query.cursor);
      const targets = query.target === undefined ? undefined : await ids.among(query.cluster, query.target);
      return readAudits(db, query, targets, before);
    },

    prune: (nowSeconds, retention, signal) => prune(db, nowSeconds, retention, room, signal),

    close() {
      closed ??= db.destroy();
      return closed;
    },
  };
  return withFaults(store, fault);
};
