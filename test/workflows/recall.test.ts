import { expect, test } from 'vitest';
import { pacedClock } from '#adapters/clocks/paced';
import { systemClock } from '#adapters/clocks/system';
import type { Spec } from '#core/model';
import { policies } from '#policies/registry';
import { house, watched } from '#test/house';
import { startAt, target } from '#test/make';
import { smallPolicy } from '#test/small-policy';
import { smallWorld } from '#test/small-world';
import { runLoop } from '#workflows/loop';
import { noMemory } from '#workflows/memory';
import { recall } from '#workflows/recall';
import type { House } from '#workflows/turns';

const given = (shared: House, spec: Spec, atSeconds: number) => ({
  store: shared.store,
  cluster: 'home',
  target: target(),
  spec,
  policy: 'small',
  atSeconds,
  historySeconds: 3600,
});

const signal = new AbortController().signal;
const onAbandoned = (_: unknown, error: unknown) => {
  throw error;
};

/** A loop over ten minutes of one world that is stopped and made anew at each of the given seconds. */
const runWithStops = async (stops: readonly number[], overrides: Partial<Spec> = {}) => {
  const shared = await house();
  const world = smallWorld(600, overrides);
  let atSeconds = startAt;
  for (const end of [...stops.map((s) => startAt + s), world.endsAt]) {
    const { memory, snapshot } = await recall(given(shared, world.spec, atSeconds));
    const clock = pacedClock(systemClock(), atSeconds, Number.POSITIVE_INFINITY);
    const policy = smallPolicy(50, snapshot?.experience);
    const one = watched({
      ...world.ports(clock.now),
      clock,
      policy,
      memory,
      savedExperience: snapshot?.experience,
      spec: world.spec,
      endsAt: end,
    });
    await runLoop({ watched: [one], house: shared, signal, onAbandoned });
    atSeconds = end;
  }
  return shared.seen.map(({ decision, observation, reward }) => ({
    ...decision,
    demand: observation.demand,
    arrivals: observation.arrivals?.startsAt,
    reward: reward?.reward,
  }));
};

test('an empty store recalls nothing', async () => {
  const recalled = await recall(given(await house(), smallWorld().spec, startAt));
  expect(recalled).toEqual({ memory: noMemory, snapshot: undefined, damaged: [], history: undefined });
});

test('a loop that was stopped and made anew goes on as one that never ended', async () => {
  expect(await runWithStops([100, 205, 400])).toEqual(await runWithStops([]));
});

test('what the limits remember survives a restart too', async () => {
  const behavior = {
    scaleDown: { stabilizationWindowSeconds: 120 },
    scaleUp: { stabilizationWindowSeconds: 30 },
  };
  expect(await runWithStops([100, 205, 450], { behavior })).toEqual(await runWithStops([], { behavior }));
});

test('the flap budget survives a restart too', async () => {
  const guards = { flapBudget: { reversals: 2, windowSeconds: 150 } };
  const whole = await runWithStops([], { guards });
  expect(await runWithStops([100, 355, 450], { guards })).toEqual(whole);
  expect(whole).not.toEqual(await runWithStops([]));
});

test('recorded demand comes back from its first second to its last', async () => {
  const shared = await house();
  const w = watched({ seconds: 300 });
  await runLoop({ watched: [w], house: shared, signal, onAbandoned });
  const { history, memory } = await recall(given(shared, w.spec, startAt + 300));
  // The last look is at 295 s, and the metric age is 1 s.
  expect(history?.startsAt).toBe(startAt);
  expect(history?.counts).toHaveLength(294);
  expect(memory.since).toBe(startAt + 294);
});

const settings: Record<string, Record<string, unknown>> = { 'q-learning': { explore: true } };

/** The same with a policy of the registry; `killed`: nothing is saved any more in the last cycle before a stop. */
const runOf = async (name: string, stops: readonly number[], killed = false) => {
  const shared = await house();
  const world = smallWorld(1800);
  let atSeconds = startAt;
  for (const end of [...stops.map((s) => startAt + s), world.endsAt]) {
    const { memory, snapshot, history } = await recall({
      ...given(shared, world.spec, atSeconds),
      policy: name,
    });
    const clock = pacedClock(systemClock(), atSeconds, Number.POSITIVE_INFINITY);
    const policy = policies[name]!.make({
      spec: world.spec,
      seed: 5,
      settings: settings[name] ?? {},
      snapshot,
      history,
    });
    const saveSnapshot: House['store']['saveSnapshot'] = async (...saved) =>
      killed && clock.now() + world.spec.intervalSeconds >= end
        ? { ...saved[1], version: 0 }
        : shared.store.saveSnapshot(...saved);
    await runLoop({
      watched: [
        watched({
          ...world.ports(clock.now),
          clock,
          policy,
          memory,
          savedExperience: snapshot?.experience,
          spec: world.spec,
          endsAt: end,
        }),
      ],
      house: { ...shared, store: { ...shared.store, saveSnapshot } },
      signal,
      onAbandoned,
    });
    atSeconds = end;
  }
  return shared.seen.map((record) => record.decision);
};

const stops = [200, 745, 1430];

test.each(Object.keys(policies))(
  '%s, stopped and made anew, decides as if it had never been',
  async (name) => {
    expect(await runOf(name, stops)).toEqual(await runOf(name, []));
  },
);

test('shadow-q, killed and made anew, decides as if it had never been', async () => {
  expect(await runOf('shadow-q', stops, true)).toEqual(await runOf('shadow-q', []));
});
