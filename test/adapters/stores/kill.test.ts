import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { random } from '#core/random';
import { startAt, target } from '#test/make';
import { appended } from './appended.ts';
import { sqliteFiles } from './sqlite-file.ts';

const kills = 5;
const fresh = sqliteFiles();

/** Its output ends a moment before its locks are gone. */
const killed = async (loop: ChildProcess): Promise<void> => {
  if (loop.exitCode === null && loop.signalCode === null) await once(loop, 'exit');
  expect(loop.signalCode).toBe('SIGKILL');
};

/** Lets the loop run until it has acknowledged `count` appends, kills it, and gives the last number acknowledged. */
const killAfter = async (url: string, first: number, count: number): Promise<number> => {
  const loop = spawn(process.execPath, [join(import.meta.dirname, 'append-loop.ts'), url, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = first - 1;
  for await (const line of createInterface(loop.stdout)) {
    last = Number(line);
    if (last >= first + count) loop.kill('SIGKILL');
  }
  await killed(loop);
  return last;
};

it(`loses no acknowledged append to ${kills} kills, and keeps none by halves`, async () => {
  const { url, query } = await fresh();
  const rng = random(7);
  let next = 0;
  for (let kill = 0; kill < kills; kill++) {
    const acknowledged = await killAfter(url, next, 20 + rng.integer(120));
    const store = await openStore(url);
    const kept = (await store.targets())[0]!.decisions;
    expect(kept).toBeGreaterThan(acknowledged);
    for (let n = 0; n < kept; n++) {
      const found = await store.decision(appended(n).id);
      expect(found?.atSeconds).toBe(appended(n).atSeconds);
      expect(found?.credited?.total).toBe(n + 1 < kept ? -(n + 1) : undefined); // by the turn after it
    }
    const demand = await store.demand('home', target(), startAt - 120, startAt + 120 * (kept + 1));
    const wanted = Float32Array.from({ length: demand.length }, (_, second) => Math.floor(second / 120));
    expect(demand.slice(0, 120 * kept)).toEqual(wanted.slice(0, 120 * kept));
    expect(demand.slice(120 * kept).every(Number.isNaN)).toBe(true); // none of an append that never was
    await store.close();
    expect(await query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    next = kept;
  }
});

it('can be killed while it prunes: what is left is whole, and counted as it is', async () => {
  const { url, query } = await fresh();
  const filling = await openStore(url);
  for (let n = 0; n < 1500; n++) await filling.append(appended(n));
  await filling.close();
  const rng = random(8);
  let rows = 1500;
  for (let kill = 0; kill < kills; kill++) {
    const pruning = spawn(process.execPath, [join(import.meta.dirname, 'prune-loop.ts'), url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const enough = 1 + rng.integer(15);
    let prunes = 0;
    for await (const _ of createInterface(pruning.stdout)) {
      prunes += 1;
      if (prunes === enough) setTimeout(() => pruning.kill('SIGKILL'), rng.integer(15));
    }
    await killed(pruning);
    const [found] = await query(`select sum(record_bytes) as counted,
      (select sum(length(record)) from decisions) as bytes, sum(decisions) as decisions,
      (select count(*) from decisions) as rows, (select count(*) from rewards
        where decision_id not in (select id from decisions)) as orphans from targets`);
    expect(found).toMatchObject({ counted: found!.bytes, decisions: found!.rows, orphans: 0 });
    expect(found!.rows).toBeLessThan(rows);
    rows = Number(found!.rows);
    expect(await query('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  }
});
