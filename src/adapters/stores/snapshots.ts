import { createHash } from 'node:crypto';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { Kysely, Transaction } from 'kysely';
import { type Snapshot, targetKey } from '#core/model';
import { PortError, type SnapshotKey, type Store } from '#ports';
import { fromJson, toJson } from './exact-json.ts';
import type { Schema } from './schema.ts';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const newestFirst = (db: Kysely<Schema>, targetId: number, policy: string) =>
  db
    .selectFrom('snapshots')
    .where('target_id', '=', targetId)
    .where('policy', '=', policy)
    .orderBy('version', 'desc');

export const insertSnapshot = async (
  trx: Transaction<Schema>,
  place: string,
  targetId: number,
  key: SnapshotKey,
  snapshot: Omit<Snapshot, 'version'>,
  replace: boolean,
): Promise<Snapshot> => {
  // Writing the target's row first makes two savers of one target wait for each other where writers run side by side.
  await trx.updateTable('targets').set({ name: key.target.name }).where('id', '=', targetId).execute();
  const rows = await newestFirst(trx, targetId, key.policy)
    .select(['version', 'experience', 'damaged'])
    .execute();
  const newest = rows.find((row) => row.damaged === 0);
  if (!replace && newest !== undefined && snapshot.experience < newest.experience) {
    throw new PortError(
      place,
      `a snapshot of ${targetKey(key.target)} (${key.policy}) with experience ${snapshot.experience} was not saved: ` +
        `version ${newest.version} has ${newest.experience}; save it with replace if less is meant`,
    );
  }
  const version = (rows[0]?.version ?? 0) + 1;
  const data = zstdCompressSync(toJson(snapshot.data ?? null));
  await trx
    .insertInto('snapshots')
    .values({
      target_id: targetId,
      policy: key.policy,
      version,
      schema_version: snapshot.schemaVersion,
      at: snapshot.atSeconds,
      experience: snapshot.experience,
      sha256: sha256(data),
      bytes: data.length,
      damaged: 0,
      data,
    })
    .execute();
  return { ...snapshot, policy: key.policy, version };
};

const unpack = (data: Uint8Array, digest: string): { data: unknown } | undefined => {
  if (sha256(data) !== digest) return undefined;
  try {
    return { data: fromJson(zstdDecompressSync(data).toString()) };
  } catch {
    return undefined;
  }
};

/** A damaged one stays in its row, flagged, for whoever wants to look; it is neither loaded nor counted again. */
export const newestWhole = async (
  db: Kysely<Schema>,
  targetId: number,
  policy: string,
): ReturnType<Store['loadSnapshot']> => {
  const damaged: number[] = [];
  for (;;) {
    const row = await newestFirst(db, targetId, policy)
      .selectAll()
      .$if(damaged.length > 0, (older) => older.where('version', '<', damaged.at(-1)!))
      .limit(1)
      .executeTakeFirst();
    if (row === undefined) return { snapshot: undefined, damaged };
    const { version } = row;
    const whole = row.damaged === 1 ? undefined : unpack(row.data, row.sha256);
    if (whole !== undefined) {
      const { schema_version: schemaVersion, at: atSeconds, experience } = row;
      return { snapshot: { schemaVersion, policy, version, atSeconds, experience, ...whole }, damaged };
    }
    damaged.push(version);
    if (row.damaged === 0) {
      await db
        .updateTable('snapshots')
        .set({ damaged: 1 })
        .where('target_id', '=', targetId)
        .where('policy', '=', policy)
        .where('version', '=', version)
        .execute();
    }
  }
};

export const listSnapshots = async (
  db: Kysely<Schema>,
  key: SnapshotKey | undefined,
): ReturnType<Store['snapshots']> => {
  let rows = db
    .selectFrom('snapshots as s')
    .innerJoin('targets as t', 't.id', 's.target_id')
    .select(['t.cluster', 't.namespace', 't.kind', 't.name', 's.policy', 's.version', 's.schema_version'])
    .select(['s.at', 's.experience', 's.bytes', 's.damaged'])
    .orderBy('t.cluster')
    .orderBy('t.namespace')
    .orderBy('t.kind')
    .orderBy('t.name')
    .orderBy('s.policy')
    .orderBy('s.version', 'desc');
  if (key !== undefined) {
    rows = rows
      .where('t.cluster', '=', key.cluster)
      .where('t.namespace', '=', key.target.namespace)
      .where('t.kind', '=', key.target.kind)
      .where('t.name', '=', key.target.name)
      .where('s.policy', '=', key.policy);
  }
  return (await rows.execute()).map((row) => ({
    cluster: row.cluster,
    target: { namespace: row.namespace, kind: row.kind, name: row.name },
    policy: row.policy,
    version: row.version,
    schemaVersion: row.schema_version,
    atSeconds: row.at,
    experience: row.experience,
    bytes: row.bytes,
    damaged: row.damaged === 1,
  }));
};
