import { renameSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, it } from 'vitest';
import { openSqlite, type SqliteOptions } from '#adapters/stores/sqlite';
import { PortError, type Store } from '#ports';
import { cycleId, observation, record, startAt } from '#test/make';
import { sqliteFiles } from './sqlite-file.ts';

const fresh = sqliteFiles();
const stores: Store[] = [];
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
});

const open = async (path: string, options: SqliteOptions = {}): Promise<Store> => {
  const store = await openSqlite(path, options);
  stores.push(store);
  return store;
};

const faultOf = async (promise: Promise<unknown>): Promise<string> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(PortError);
  expect((error as PortError).cause).toBeDefined();
  return (error as PortError).message;
};

/** Noise, which does not pack: some 15 kB each. */
const bulky = (n: number) => {
  const counts = Float32Array.from({ length: 3600 }, (_, second) => Math.sin(n * 3600 + second ** 2) * 1e6);
  const arrivals = { startsAt: startAt + 3600 * n, stepSeconds: 1, counts };
  return record({ id: cycleId(startAt, n), observation: observation({ arrivals }) });
};

it('says that another holds the lock, writes nothing, and goes on when the lock is gone', async () => {
  const { path } = await fresh();
  const store = await open(path, { lockTimeoutSeconds: 0.05 });
  using other = new DatabaseSync(path);
  other.exec('begin immediate');
  expect(await faultOf(store.append(record()))).toMatch(
    /^\[sqlite\] .*\.db is locked by another process: stop that one/,
  );
  other.exec('commit');
  await store.append(record());
  expect((await store.targets())[0]?.decisions).toBe(1);
});

it('waits for a lock without holding up the process', async () => {
  const { path } = await fresh();
  const store = await open(path);
  using other = new DatabaseSync(path);
  other.exec('begin immediate');
  const appending = store.append(record()); // would never end if the wait kept this thread from the next line
  await new Promise((resolve) => setImmediate(resolve));
  other.exec('commit');
  await appending;
  expect(await store.decision(record().id)).toBeDefined();
});

it('says that the disk is full, keeps nothing of what failed and all that was there', async () => {
  const { path, query } = await fresh();
  const store = await open(path, { pragmas: ['max_page_count = 80'] }); // of 4 kB
  let kept = 0;
  let fault: unknown;
  while (fault === undefined && kept < 100) {
    fault = await store.append(bulky(kept)).catch((error: unknown) => error);
    if (fault === undefined) kept += 1;
  }
  expect((fault as PortError).message).toMatch(/^\[sqlite\] .*\.db is full: free disk space/);
  expect((await store.targets())[0]?.decisions).toBe(kept);
  expect(await store.decision(bulky(kept).id)).toBeUndefined();
  expect(await store.decision(bulky(kept - 1).id)).toBeDefined();
  expect(await query(`select * from demand_recent where decision_id = '${bulky(kept).id}'`)).toEqual([]);
  expect(await query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});

it('goes on by itself once there is room again', async () => {
  const { path } = await fresh();
  const small = await open(path, { pragmas: ['max_page_count = 60'] });
  for (let n = 0; n < 30; n++) await small.append(bulky(n)).catch(() => undefined);
  const kept = (await small.targets())[0]!.decisions;
  const store = await open(path);
  await store.append(bulky(99));
  expect((await store.targets())[0]?.decisions).toBe(kept + 1);
});

it('keeps nothing in a file that was moved away, and goes on when it is back', async () => {
  const { path } = await fresh();
  const store = await open(path);
  renameSync(path, `${path}-away`);
  await expect(store.append(record())).rejects.toThrow(/was deleted or moved away while it was in use/);
  writeFileSync(path, 'another');
  await expect(store.append(record())).rejects.toThrow(/was replaced while it was in use/);
  renameSync(`${path}-away`, path);
  await store.append(record());
  expect((await store.targets())[0]?.decisions).toBe(1);
});

it('says that the database is read-only', async () => {
  const { path } = await fresh();
  await (await openSqlite(path)).close();
  const readOnly = { pragmas: ['query_only = on'] };
  expect(await faultOf(openSqlite(path, readOnly))).toMatch(
    /is read-only: make the file and its directory writable/,
  );
});

it('says that a file is no database', async () => {
  const { path } = await fresh();
  writeFileSync(path, 'seconds,rps\n'.repeat(1000));
  expect(await faultOf(openSqlite(path))).toMatch(/is not a SQLite database: name another file/);
});

it('says that a path cannot be opened', async () => {
  const { path } = await fresh();
  await (await openSqlite(path)).close();
  expect(await faultOf(openSqlite(`${path}/inside.db`))).toMatch(/^\[sqlite\] .*inside\.db/);
});
