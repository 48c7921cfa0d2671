import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Target, targetKey } from '#core/model';
import { type CycleIds, PortError } from '#ports';
import { house, watched } from '#test/house';
import { startAt, target } from '#test/make';
import { smallPolicy } from '#test/small-policy';
import { controlLoop } from '#workflows/control-loop';
import { backOffSeconds, jitterSeconds, runLoop, slotFrom } from '#workflows/loop';
import type { House, Watched } from '#workflows/turns';

type Abandoned = {
  readonly target: Target;
  readonly error: unknown;
  readonly failures: number;
  readonly of: CycleIds | undefined;
};

const run = async (all: readonly Watched[], shared: House, signal = new AbortController().signal) => {
  const abandoned: Abandoned[] = [];
  const totals = await runLoop({
    watched: all,
    house: shared,
    signal,
    onAbandoned: (target, error, failures, of) => void abandoned.push({ target, error, failures, of }),
  });
  return { totals, abandoned };
};

/** Fails the first `times` calls. */
const failing = <A extends unknown[], R>(times: number, call: (...a: A) => Promise<R>) => {
  let left = times;
  return async (...a: A): Promise<R> => {
    if (left-- > 0) throw new PortError('test', 'out of order');
    return call(...a);
  };
};

test('every interval one cycle runs and is kept, told and published', async () => {
  const shared = await house({ chain: controlLoop });
  const { totals } = await run([watched({ seconds: 100 })], shared);
  // 0, 5, …, 95 s
  expect(totals).toEqual({ cycles: 20, abandoned: 0 });
  expect(shared.seen.map((record) => record.atSeconds - startAt)).toEqual(
    Array.from({ length: 20 }, (_, i) => 5 * i),
  );
  const { items } = await shared.store.decisions({ target: target(), limit: 100 });
  expect(items.map((record) => record.id)).toEqual(shared.seen.map((record) => record.id).reverse());
});

test('subscribers see each record', async () => {
  const shared = await house();
  const stop = new AbortController();
  const events = shared.events.subscribe(stop.signal)[Symbol.asyncIterator]();
  const first = events.next();
  await run([watched({ seconds: 5 })], shared);
  expect((await first).value?.id).toBe(shared.seen[0]!.id);
  stop.abort();
});

test('a look that fails abandons its cycle, and the next one comes later each time', async () => {
  const w = watched({ seconds: 300 });
  const shared = await house();
  const scaler = { ...w.scaler, replicas: failing(4, w.scaler.replicas) };
  const { totals, abandoned } = await run([{ ...w, scaler }], shared);
  expect(abandoned.map(({ failures }) => failures)).toEqual([1, 2, 3, 4]);
  // No record tells of them: telemetry does, by the same ids.
  expect(shared.givenUp.map(({ id, traceId, spanId }) => ({ id, traceId, spanId }))).toEqual(
    abandoned.map(({ of }) => expect.objectContaining({ id: of!.id })),
  );
  expect(shared.seen.some(({ id }) => shared.givenUp.some((one) => one.id === id))).toBe(false);
  // At 0, then 5, 10, 20 and 40 s later.
  expect(shared.seen[0]!.atSeconds).toBe(startAt + 75);
  expect(totals.abandoned).toBe(4);
});

test('what ends by itself is looked for again soon, whatever the interval and the number of failures', async () => {
  const w = watched({ seconds: 300 });
  const shared = await house();
  const scaler = { ...w.scaler, replicas: failing(4, w.scaler.replicas) };
  const retrySeconds = (error: unknown) => (error instanceof PortError ? 2 : undefined);
  await run([{ ...w, scaler, retrySeconds }], shared);
  // 0, 2, 4, 6 s fail; from then on every 5 s again.
  expect(shared.seen.slice(0, 3).map(({ atSeconds }) => atSeconds - startAt)).toEqual([8, 15, 20]);
});

test('the back-off doubles up to a minute, and is never shorter than the interval', () => {
  expect([1, 2, 3, 4, 5, 50].map((n) => backOffSeconds(n, 5))).toEqual([5, 10, 20, 40, 60, 60]);
  expect(backOffSeconds(3, 120)).toBe(120);
});

test('a refused write is kept as `failed`, and teaches nothing', async () => {
  const w = watched({ seconds: 400 });
  const shared = await house();
  const scale = () => Promise.reject(new PortError('test', 'forbidden'));
  const { totals } = await run([{ ...w, scaler: { ...w.scaler, scale } }], shared);
  const failed = shared.seen.filter((record) => record.outcome === 'failed');
  expect(totals.abandoned).toBe(0);
  expect(failed[0]).toMatchObject({ error: '[test] forbidden' });
  const credited = new Set(shared.seen.map((record) => record.reward?.decisionId));
  expect(failed.filter((record) => credited.has(record.id))).toEqual([]);
});

test('nothing is scaled while the record before it could not be kept, and none is lost', async () => {
  const w = watched({ seconds: 600 });
  const plain = await house();
  const { store } = plain;
  const outage = { from: startAt + 200, to: startAt + 400 };
  const append = async (...[record]: Parameters<typeof store.append>) => {
    if (w.clock.now() >= outage.from && w.clock.now() < outage.to) throw new PortError('sqlite', 'full');
    await store.append(record);
  };
  const shared = await house({ store: { ...store, append } });
  const { abandoned } = await run([w], shared);
  expect(abandoned.length).toBeGreaterThan(3);
  const during = shared.seen.filter((r) => r.atSeconds > outage.from && r.atSeconds < outage.to);
  expect(during).toEqual([]);
  // The cycle in which the outage began is kept as it was, and the demand of the outage is read afterwards.
  expect(shared.seen.some((record) => record.atSeconds === outage.from)).toBe(true);
  const demand = await store.demand('home', target(), startAt, startAt + 590);
  expect(demand.some(Number.isNaN)).toBe(false);
});

test('cycles of one target never overlap, and no more than the set number run at once', async () => {
  let running = 0;
  let most = 0;
  const open = new Set<string>();
  const all = Array.from({ length: 30 }, (_, i) => {
    const w = watched({ seconds: 60, target: target(`web-${i}`) });
    const read: Watched['source']['read'] = async (of, ...rest) => {
      expect(open.has(targetKey(of))).toBe(false);
      open.add(targetKey(of));
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      open.delete(targetKey(of));
      return w.source.read(of, ...rest);
    };
    return { ...w, source: { ...w.source, read } };
  });
  const { totals } = await run(all, await house());
  expect(totals.cycles).toBe(30 * 12);
  expect(most).toBeLessThanOrEqual(8);
  expect(most).toBeGreaterThan(1);
});

test('a stop lets the write in flight finish, keeps its record, and saves what was learnt', async () => {
  const stop = new AbortController();
  const w = watched();
  const shared = await house();
  let written = false;
  const scale: Watched['scaler']['scale'] = async (...given) => {
    // The stop comes after so many cycles that something was learnt.
    if (shared.seen.length < 20) return w.scaler.scale(...given);
    stop.abort(new Error('TERM'));
    await new Promise((resolve) => setImmediate(resolve));
    await w.scaler.scale(...given);
    written = true;
  };
  await run([{ ...w, scaler: { ...w.scaler, scale } }], shared, stop.signal);
  expect(written).toBe(true);
  expect(shared.seen.at(-1)).toMatchObject({ outcome: 'scaled' });
  const key = { cluster: 'home', target: target(), policy: 'small' };
  const { snapshot } = await shared.store.loadSnapshot(key);
  expect(snapshot?.experience).toBe(w.policy.snapshot().experience);
});

test('a stop between cycles ends the wait at once', async () => {
  const stop = new AbortController();
  const w = watched();
  const never = {
    now: w.clock.now,
    until: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
  const ended = run([{ ...w, clock: never }], await house(), stop.signal);
  stop.abort(new Error('TERM'));
  expect((await ended).totals).toEqual({ cycles: 0, abandoned: 0 });
});

test('learning is saved every 30 s of the loop at most', async () => {
  const shared = await house();
  await run([watched({ seconds: 300 })], shared);
  const saved = await shared.store.snapshots();
  // Learning begins at 55 s; the store keeps the last five of those saved at 55, 85, 115, … and at the end.
  const gaps = saved
    .map((s) => s.atSeconds)
    .sort()
    .map((at, i, all) => at - (all[i - 1] ?? at - 30));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(30);
  expect(saved.at(0)!.version).toBeLessThan(12);
});

test('a snapshot that cannot be saved does not stop the loop', async () => {
  const { store } = await house();
  const saveSnapshot = () => Promise.reject(new PortError('sqlite', 'full'));
  const shared = await house({ store: { ...store, saveSnapshot } });
  const { totals } = await run([watched({ seconds: 200 })], shared);
  expect(totals).toEqual({ cycles: 40, abandoned: 0 });
  expect(shared.faults.length).toBeGreaterThan(0);
});

test('in Shadow nothing is ever written', async () => {
  const w = watched({ mode: 'Shadow' });
  const shared = await house();
  await run([w], shared);
  expect(w.world.workload.totals().scalings).toBe(0);
  expect(shared.seen.some((record) => record.outcome === 'shadowed')).toBe(true);
});

test('cycles fall on a grid: never before the time asked for, and less than an interval after it', () => {
  const times = fc.record({
    from: fc.integer({ min: 0, max: 2e9 }),
    interval: fc.integer({ min: 1, max: 300 }),
    name: fc.string(),
  });
  fc.assert(
    fc.property(times, ({ from, interval, name }) => {
      const offset = jitterSeconds(target(name), interval);
      const slot = slotFrom(from, interval, offset);
      return slot >= from && slot < from + interval && (slot - offset) % interval === 0 && offset < interval;
    }),
  );
});

test('targets look at different seconds of the interval', () => {
  const seconds = Array.from({ length: 100 }, (_, i) => jitterSeconds(target(`web-${i}`), 15));
  expect(new Set(seconds).size).toBe(15);
});

test('the same seed runs the same loop', async () => {
  const decisions = async () => {
    const shared = await house();
    await run([watched({ policy: smallPolicy() })], shared);
    return shared.seen;
  };
  expect(await decisions()).toEqual(await decisions());
});
