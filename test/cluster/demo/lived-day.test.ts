import { expect, test } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import type { SnapshotData } from '#policies/shadow-q/recall';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import { spec as specOf, startAt, target } from '#test/make';
import { recall } from '#workflows/recall';
import { livedDay } from './lived-day.ts';

test('who has lived through a day goes on where it ended, wherever in time it is laid', async () => {
  const spec = specOf({ maxReplicas: 30, startUpSeconds: 20, metricAgeSeconds: 5 });
  const before = Float64Array.from({ length: 7200 }, (_, t) => Math.round(400 + 250 * Math.sin(t / 300)));
  const store = await openStore(':memory:');
  const past = livedDay(before, spec);
  await past.keep(store, 'lab', target(), startAt);
  const known = await recall({
    store,
    cluster: 'lab',
    target: target(),
    spec,
    policy: 'shadow-q',
    atSeconds: startAt + 10,
    historySeconds: 86_400,
  });
  await store.close();
  expect(known.memory.since).toBe(startAt);
  expect(known.memory.recent).toEqual([]);
  const { snapshot, history } = known;
  const policy = shadowQ({ spec, seed: 7, settings: {}, snapshot, history, beside: true });
  expect(policy.snapshot().experience).toBe(snapshot!.experience);
  // A new history under what was learnt would have seen nothing yet.
  expect((policy.snapshot().data as SnapshotData).historySteps).toBe(before.length / spec.intervalSeconds);
});
