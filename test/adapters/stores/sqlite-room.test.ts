import { statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { openSqlite } from '#adapters/stores/sqlite';
import type { Retention } from '#ports';
import { fleetRecords } from '#test/fleet';
import { startAt } from '#test/make';
import { sqliteFiles } from './sqlite-file.ts';

const fresh = sqliteFiles();
const retention: Retention = {
  decisionsSeconds: 1e9,
  changedSeconds: 1e9,
  decisionsBytes: 1e12,
  auditSeconds: 1e9,
  demandSeconds: 1e9,
  keepSnapshots: 5,
  keepDailySnapshots: 7,
};

it('is about as large as it says, and gives what it no longer needs back to the file system', async () => {
  const { path, query } = await fresh();
  const store = await openSqlite(path);
  await fleetRecords(3000, store.append);
  const { decisionsBytes: counted } = await store.prune(startAt, retention);
  await store.close();
  const before = statSync(path).size;
  expect(counted / before).toBeGreaterThan(0.6);
  expect(counted / before).toBeLessThan(1.4);

  const again = await openSqlite(path);
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const pruned = await again.prune(startAt + 1e6, { ...retention, decisionsBytes: 1e5 });
  clearInterval(turning);
  await again.close();
  const after = statSync(path).size;
  expect(pruned.decisionsBytes).toBeLessThan(1e5);
  expect(before - after).toBe(pruned.freedBytes);
  expect(after).toBeLessThan(before / 3);
  // A prune that is one piece of work would leave no turn to anybody.
  expect(turns).toBeGreaterThan(10);
  expect(await query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
});
