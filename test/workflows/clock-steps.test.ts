import { describe, expect, it } from 'vitest';
import { clockOf } from '#adapters/clocks/system';
import { policies } from '#policies/registry';
import { house } from '#test/house';
import { virtualTime } from '#test/kubernetes/virtual-time';
import { record, sample, spec, startAt, target } from '#test/make';
import { looking } from '#workflows/loop';
import { type Memory, noMemory, setBack } from '#workflows/memory';

const hour = 3600;
const set = spec({ behavior: { scaleDown: {}, scaleUp: {} }, maxReplicas: 100 });

const demandAt = (trueSeconds: number): number => 150 + trueSeconds / 2;

/** A loop under a clock on the wall that may be set, while true time goes on; demand rises by true time. */
const under = async (given: { readonly memory?: Memory } = {}) => {
  const time = virtualTime();
  let offset = 0;
  const wall = (): number => startAt + time.now() + offset;
  const clock = clockOf({ now: wall, steady: time.now, sleep: time.sleep });
  const shared = await house();
  /** True times of cycles, and the sizes that they left. */
  const cycles: { readonly at: number; readonly size: number }[] = [];
  let size = 5;
  const stop = new AbortController();
  const { lookAfter } = looking({ house: shared, onAbandoned: () => {} });
  const over = lookAfter(
    {
      target: target(),
      spec: set,
      mode: 'Auto',
      policy: policies['shadow-q']!.make({ spec: set, seed: 1, settings: { learning: false } }),
      source: {
        name: 'test',
        read: async () => ({ samples: [sample({ metric: 'requests', value: demandAt(time.now()) })] }),
      },
      scaler: {
        name: 'test',
        replicas: async () => ({
          desired: size,
          ready: size,
          starting: 0,
          lastScaledAt: undefined,
          rollout: false,
        }),
        scale: async (_, __, to) => {
          size = to;
        },
      },
      clock,
      memory: given.memory ?? noMemory,
      onKept: () => cycles.push({ at: time.now(), size }),
    },
    stop.signal,
  );
  return {
    pass: time.pass,
    step: (seconds: number): void => {
      offset += seconds;
    },
    cycles,
    end: async (): Promise<void> => {
      stop.abort(new Error('over'));
      await over;
    },
  };
};

const gaps = (cycles: readonly { readonly at: number }[]): readonly number[] =>
  cycles.slice(1).map(({ at }, i) => at - cycles[i]!.at);

describe('a clock that is set', () => {
  it.each([
    ['back by an hour', -hour],
    ['forward by an hour', hour],
    ['back by seven seconds', -7],
    ['back by three seconds', -3],
    ['forward by three seconds', 3],
  ])('%s: cycles go on, and a rising demand is served', async (_, seconds) => {
    const world = await under();
    await world.pass(302);
    world.step(seconds);
    await world.pass(300);
    await world.end();
    // A step in the middle of a wait lengthens it by less than an interval.
    expect(Math.max(...gaps(world.cycles))).toBeLessThan(2 * set.intervalSeconds + 0.1);
    expect(world.cycles.length).toBeGreaterThan(110);
    const sizes = world.cycles.map(({ size }) => size);
    // An hour that has passed unseen may change what is thought of the next minute, but no more than that.
    const lowered = sizes.slice(1).filter((size, i) => size < sizes[i]!);
    expect(lowered.length).toBeLessThanOrEqual(seconds === hour ? 1 : 0);
    for (const { at, size } of world.cycles)
      expect(size * set.capacityPerReplica).toBeGreaterThan(demandAt(at));
    // At the end 450 requests a second, of which a replica takes 50.
    expect(sizes.at(-1)).toBeGreaterThan(9);
  });

  it('back and forth: every time', async () => {
    const world = await under();
    for (const seconds of [-hour, hour, -2 * hour, 30, -30]) {
      await world.pass(100);
      world.step(seconds);
    }
    await world.pass(100);
    await world.end();
    expect(Math.max(...gaps(world.cycles))).toBeLessThan(3 * set.intervalSeconds);
    expect(world.cycles.length).toBeGreaterThan(110);
  });

  it('leaves records from the future: whoever starts then does not wait for them', async () => {
    const memory = { ...noMemory, recent: [record({ atSeconds: startAt + hour })] };
    const world = await under({ memory });
    await world.pass(20);
    await world.end();
    expect(world.cycles[0]!.at).toBeLessThan(set.intervalSeconds);
  });
});

it('what happened has happened by now, when a clock is set back', () => {
  const before: Memory = {
    past: {
      recommendations: [{ atSeconds: startAt - 60, replicas: 3 }],
      scalings: [{ atSeconds: startAt + hour, change: 2 }],
      misses: 0,
    },
    recent: [record({ atSeconds: startAt - 5 }), record({ atSeconds: startAt + hour })],
    since: startAt + hour,
  };
  const after = setBack(before, startAt);
  expect(after.past.recommendations).toEqual(before.past.recommendations);
  expect(after.past.scalings).toEqual([{ atSeconds: startAt, change: 2 }]);
  expect(after.recent).toEqual(before.recent.slice(0, 1));
  expect(after.since).toBeUndefined();
  expect(setBack(before, startAt + hour)).toBe(before);
});
