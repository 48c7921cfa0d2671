import { expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { prunes } from '#cli/run/prunes';
import type { Retention, Store } from '#ports';
import { cycleId, record, startAt } from '#test/make';

const retention: Retention = {
  decisionsSeconds: 3600,
  changedSeconds: 7200,
  decisionsBytes: 1e9,
  auditSeconds: 1e9,
  demandSeconds: 1e9,
  keepSnapshots: 5,
  keepDailySnapshots: 7,
};

/** Lets `times` prunes fall, ten minutes of simulated time apart. */
const pruning = async (store: Store, times: number, given: Partial<Retention> = {}) => {
  const lines: unknown[][] = [];
  const say =
    (level: string) =>
    (fields: object, message: string): void =>
      void lines.push([level, message, fields]);
  const log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  let figures: (() => { bytes: number; removed: ReadonlyMap<string, number> }) | undefined;
  const ended = new AbortController();
  let now = startAt + 4000;
  let left = times;
  const clock = {
    now: () => now,
    until: async (at: number) => {
      if (left-- === 0) ended.abort();
      else now = at;
    },
  };
  const watchLog = (read: NonNullable<typeof figures>): void => {
    figures = read;
  };
  const { signal } = ended;
  await prunes({ store, clock, telemetry: { log, watchLog }, retention: { ...retention, ...given }, signal });
  return { lines, figures: figures!() };
};

const storeWith = async (count: number): Promise<Store> => {
  const store = await openStore(':memory:');
  for (let n = 0; n < count; n++)
    await store.append(record({ id: cycleId(startAt, n), atSeconds: startAt + 600 * n }));
  return store;
};

it('prunes each ten minutes, and counts what it removed', async () => {
  const { lines, figures } = await pruning(await storeWith(5), 3);
  // At 4000, 4600 and 5200 s: those before 400, 1000 and 1600 s.
  expect(lines.map(([level, message]) => [level, message])).toEqual([
    ['info', 'pruned'],
    ['info', 'pruned'],
    ['info', 'pruned'],
  ]);
  expect(figures.removed.get('holds')).toBe(3);
  expect(figures.bytes).toBeGreaterThan(0);
});

it('says nothing where nothing was removed', async () => {
  expect((await pruning(await storeWith(0), 2)).lines).toEqual([]);
});

it('warns where the log is larger than it may be, and nothing can be given up', async () => {
  const { lines } = await pruning(await storeWith(5), 1, { decisionsBytes: 1 });
  expect(lines).toEqual([
    ['warn', expect.stringContaining('retention.decisionsBytes: raise it'), expect.anything()],
  ]);
});

it('goes on after a prune that failed', async () => {
  const store = await storeWith(2);
  let calls = 0;
  const prune: Store['prune'] = (...given) =>
    calls++ === 0 ? Promise.reject(new Error('disk full')) : store.prune(...given);
  const { lines } = await pruning({ ...store, prune }, 2);
  expect(lines.map(([, message]) => message)).toEqual(['nothing was pruned', 'pruned']);
});
