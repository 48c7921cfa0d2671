import { describe, expect, it, test } from 'vitest';
import { legal } from '#core/limits';
import { random } from '#core/random';
import { kpa } from '#policies/kpa';
import { observation, replicas, spec } from '#test/make';
import { conform, vectors } from '#test/policies/conformance';
import type { KpaPipelineVector } from '#test/policies/kpa/replays';

const chance = random(1);

/** A policy ticked at second `at` with so many ready replicas, to which so many requests arrived in each new second. */
const ticking = (settings: Readonly<Record<string, unknown>> = {}, limits = spec({ maxReplicas: 30 })) => {
  const policy = kpa({ spec: limits, seed: 1, settings });
  let seen = 0;
  return (at: number, ready: number, perSecond: number | undefined, desired = ready) => {
    const counts = perSecond === undefined ? [] : Array<number>(Math.max(0, at - 1 - seen)).fill(perSecond);
    const o = observation({
      atSeconds: at,
      replicas: replicas({ desired, ready }),
      arrivals: { startsAt: seen, stepSeconds: 1, counts },
    });
    seen += counts.length;
    const { action, reason, state } = policy.decide(o, legal(o, limits), chance);
    return { to: desired + action, reason, state };
  };
};

/** Ticks every 2 s until `until`, always with `ready` replicas. */
const steadily = (
  tick: ReturnType<typeof ticking>,
  from: number,
  until: number,
  ready: number,
  perSecond: number | undefined,
) => {
  let last = tick(from, ready, perSecond);
  for (let at = from + 2; at <= until; at += 2) last = tick(at, ready, perSecond);
  return last;
};

test('the policy as a whole scales as upstream: kpa-pipeline', () => {
  const differing = conform('policy on kpa-pipeline', vectors<KpaPipelineVector>('kpa-pipeline'), (v) => {
    const capacity = v.spec.totalValue;
    const limits = spec({ maxReplicas: 10_000, capacityPerReplica: capacity, metricAgeSeconds: 0 });
    const policy = kpa({ spec: limits, seed: 1, settings: { target: v.spec.targetValue / capacity } });
    for (const [at, recorded, ready, , , pods, , valid] of v.ticks) {
      // the least size is 1, and an answer that is not valid changes nothing
      const upstream = valid === 1 ? Math.max(1, pods) : ready;
      const o = observation({
        atSeconds: at,
        replicas: replicas({ desired: ready!, ready: ready! }),
        arrivals: { startsAt: at - 2, stepSeconds: 1, counts: recorded.map((value) => value ?? Number.NaN) },
      });
      // our own chain would not lower on seconds that nobody recorded
      const anything = { from: ready!, low: 0, high: limits.maxReplicas, withheld: [] };
      const to = ready! + policy.decide(o, anything, chance).action;
      if (to !== upstream) return `at ${at} s it goes to ${to}, upstream to ${upstream}`;
    }
    return undefined;
  });
  expect(differing).toEqual([]);
});

describe('the KPA', () => {
  it('sizes for its target of the capacity', () => {
    // 300 / (.7 · 50) = 8.6
    expect(steadily(ticking(), 2, 80, 9, 300)).toEqual({
      to: 9,
      reason: 'DesiredWithinRange',
      state: 'mode=stable',
    });
  });

  it('holds until something was recorded', () => {
    expect(ticking()(0, 5, undefined)).toMatchObject({ to: 5, reason: 'MetricFailed' });
  });

  it('begins in panic mode when it finds more than one ready replica, and leaves it after a stable window', () => {
    const tick = ticking();
    expect(steadily(tick, 2, 60, 9, 100)).toMatchObject({ to: 9, reason: 'PanicMode' });
    // ceil(100 / 35) = 3, but no more than halved in one tick
    expect(steadily(tick, 62, 64, 9, 100)).toMatchObject({ to: 4, state: 'mode=stable' });
  });

  it('panics when six seconds call for twice what is ready, and does not shrink then', () => {
    const tick = ticking();
    steadily(tick, 2, 120, 3, 100);
    // (4 · 100 + 2 · 700) / 6 = 300 → ceil(300 / 35) = 9 ≥ 2 · 3
    expect(tick(122, 3, 700)).toEqual({ to: 9, reason: 'PanicMode', state: 'mode=panic' });
    expect(tick(124, 9, 0).to).toBeGreaterThanOrEqual(9);
  });

  it('keeps within the bounds', () => {
    const bounds = spec({ minReplicas: 4, maxReplicas: 6 });
    expect(steadily(ticking({}, bounds), 2, 90, 5, 1000)).toMatchObject({ to: 6, reason: 'TooManyReplicas' });
    expect(steadily(ticking({}, bounds), 2, 90, 5, 10)).toMatchObject({ to: 4, reason: 'TooFewReplicas' });
  });

  it('lets the last replica go once nothing was wanted for the grace period', () => {
    const tick = ticking({}, spec({ minReplicas: 0 }));
    steadily(tick, 2, 20, 1, 5);
    const goesAt = Array.from({ length: 100 }, (_, i) => 22 + 2 * i).find((at) => tick(at, 1, 0).to === 0);
    // the window is empty of requests 60 s after the last of them, the grace period is 30 s
    expect(goesAt).toBeGreaterThanOrEqual(20 + 60 + 30);
    expect(goesAt).toBeLessThanOrEqual(20 + 60 + 30 + 4);
  });

  it('takes a rate for every second since the tick before where nobody counts arrivals', () => {
    const limits = spec({ maxReplicas: 30 });
    const policy = kpa({ spec: limits, seed: 1, settings: {} });
    const at = (atSeconds: number) => {
      const o = observation({ atSeconds, demand: 300, replicas: replicas({ desired: 9, ready: 9 }) });
      return 9 + policy.decide(o, legal(o, limits), chance).action;
    };
    expect([0, 15, 30, 45, 60, 75, 90].map(at).at(-1)).toBe(9);
  });
});
