import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openFormat } from '#adapters/exports/registry';
import { openStore } from '#adapters/stores/registry';
import { dayFiles } from '#cli/export/day-files';
import { type Job, oneFile } from '#cli/export/one-file';
import { tableOf } from '#cli/export/rows';
import type { Store } from '#ports';
import { cycleId, record, startAt } from '#test/make';
import { place } from './spawned.ts';

const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-broken-'));
let store: Store;
beforeAll(async () => {
  store = await openStore(':memory:');
  // Three pages over three days.
  for (let n = 0; n < 1300; n++) {
    const atSeconds = startAt + 200 * n;
    await store.append(record({ id: cycleId(atSeconds, n), atSeconds }));
  }
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Somebody presses Ctrl-C after so many rows. */
const brokenAfter = async (rows: number): Promise<Job> => {
  const stop = new AbortController();
  return {
    store,
    table: tableOf('decisions', false),
    filter: { fromSeconds: 0, toSeconds: 1e10 },
    targets: await store.targets(),
    signal: stop.signal,
    progress: (_, count) => {
      if (count >= rows) stop.abort(new Error('interrupted'));
    },
  };
};

it.each(['jsonl', 'parquet'] as const)(
  'a %s that is broken off leaves what was there before',
  async (name) => {
    const file = join(folder, `out.${name}`);
    writeFileSync(file, 'what was there before');
    const format = await openFormat(name, file);
    const job = await brokenAfter(600);
    await expect(oneFile(job, format, file).finally(() => format.close())).rejects.toThrow('interrupted');
    expect(readFileSync(file, 'utf8')).toBe('what was there before');
    expect(readdirSync(folder)).toEqual([`out.${name}`]);
    rmSync(file);
  },
);

it('days that were whole when it was broken off are not written again', async () => {
  const days = join(folder, 'days');
  const format = await openFormat('jsonl', days);
  // A day has 432 rows: the second is written to its end, the third is not begun.
  await expect(dayFiles(await brokenAfter(800), format, days, {})).rejects.toThrow('interrupted');
  const written = await dayFiles(await brokenAfter(1e9), format, days, {});
  expect(written).toEqual({ rows: 1300 - 2 * 432, files: 2, skipped: 2 });
});

it('says what to install where DuckDB is not', async () => {
  const here = place(
    { store: 'kept.db' },
    {
      'without.mjs': `import { registerHooks } from 'node:module';
registerHooks({
  resolve: (name, context, next) => {
    if (name.startsWith('@duckdb/')) throw Object.assign(new Error('not found'), { code: 'ERR_MODULE_NOT_FOUND' });
    return next(name, context);
  },
});`,
    },
  );
  await (await openStore(join(here.cwd, 'kept.db'))).close();
  const hooks = { NODE_OPTIONS: `--import=${join(here.cwd, 'without.mjs')}` };
  const { code, err } = await here.start(['export', '--out', 'log.parquet'], hooks).ended;
  expect([code, err]).toEqual([
    1,
    'nimbusguard: [export] Parquet is written by DuckDB, which is not installed: run "npm install @duckdb/node-api", or export JSON Lines (--format jsonl)\n',
  ]);
  expect((await here.start(['export'], hooks).ended).code).toBe(0);
  expect(readdirSync(here.cwd).toSorted()).toEqual(['kept.db', 'nimbusguard.json', 'without.mjs']);
});
