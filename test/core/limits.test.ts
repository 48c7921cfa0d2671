import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Holder } from '#core/circumstances';
import { type Interval, mostReplicas } from '#core/limit-chain';
import { legal, limit, narrow } from '#core/limits';
import type { Choice, Observation, Past, Pause } from '#core/model';
import { emptyPast, pastSeconds, remember } from '#core/past';

import { observation, replicas, spec, startAt } from '#test/make';
import {
  anyCircumstances,
  anyHolder,
  anyMode,
  anyObservation,
  anyPast,
  anyPauses,
  anySpec,
  plainObservation,
} from './any-ground.ts';

const choice = (action: number): Choice => ({
  action,
  state: '',
  explored: false,
  reason: 'Wished',
  values: [],
});
const at = (desired: number, overrides: Partial<Observation> = {}): Observation =>
  observation({ replicas: replicas({ desired, ready: desired }), ...overrides });
const sizes = (mask: { low: number; high: number }) => [mask.low, mask.high];

const interval = fc
  .record({ low: fc.nat(80), width: fc.nat(80), step: fc.constantFrom('one', 'two', 'three') })
  .map(
    ({ low, width, step }): Interval => ({
      step,
      low,
      high: low + width,
      reasonLow: 'Low',
      reasonHigh: 'High',
    }),
  );

describe('the algebra of limits', () => {
  it('always allows to hold', () => {
    fc.assert(
      fc.property(anyObservation, anySpec, anyPast, anyPauses, anyMode, (o, s, past, pauses, mode) => {
        const mask = legal(o, s, past, pauses, mode);
        expect(mask.low).toBeLessThanOrEqual(o.replicas.desired);
        expect(mask.high).toBeGreaterThanOrEqual(o.replicas.desired);
        expect(limit(choice(0), mask).limits).toEqual([]);
      }),
    );
  });

  it('changes nothing about a choice among legal sizes', () => {
    fc.assert(
      fc.property(anyObservation, anySpec, anyPast, anyPauses, fc.nat(), (o, s, past, pauses, n) => {
        const mask = legal(o, s, past, pauses);
        const to = mask.low + (n % (mask.high - mask.low + 1));
        expect(limit(choice(to - mask.from), mask)).toMatchObject({ to, limits: [] });
      }),
    );
  });

  it('leads every wish to the legal size next to it, and says which limits did it, from where to where', () => {
    fc.assert(
      fc.property(
        anyObservation,
        anySpec,
        anyPast,
        fc.integer({ min: -100, max: 100 }),
        (o, s, past, action) => {
          const mask = legal(o, s, past);
          const { to, limits, from } = limit(choice(action), mask);
          const wished = Math.max(0, from + action);
          const chain = limits.reduce((size, bound) => (bound.from === size ? bound.to : Number.NaN), wished);
          expect(to).toBe(Math.max(mask.low, Math.min(wished, mask.high)));
          expect(chain).toBe(to);
        },
      ),
    );
  });

  it('never leads further out of the bounds', () => {
    fc.assert(
      fc.property(anyObservation, anySpec, fc.integer({ min: -100, max: 100 }), (o, s, action) => {
        const { from, to } = limit(choice(action), legal(o, s));
        const outside = (n: number): number => Math.max(s.minReplicas - n, n - s.maxReplicas, 0);
        expect(outside(to)).toBeLessThanOrEqual(outside(from));
      }),
    );
  });

  it('moves nothing while somebody else sets the size, but for what Shadow writes down', () => {
    fc.assert(
      fc.property(anyObservation, anyHolder, anySpec, anyPast, anyMode, (o, by, s, past, mode) => {
        fc.pre(mode !== 'Shadow' && (by.untilSeconds ?? startAt + 1) > startAt);
        const { desired } = o.replicas;
        expect(sizes(legal({ ...o, holder: by }, s, past, [], mode))).toEqual([desired, desired]);
      }),
    );
  });

  it('never widens by a circumstance', () => {
    fc.assert(
      fc.property(plainObservation, anyCircumstances, anySpec, anyPast, (o, circumstances, s, past) => {
        const { schedule, ...others } = circumstances;
        const [before, after] = [legal(o, s, past), legal({ ...o, ...others }, s, past)];
        expect(after.low).toBeGreaterThanOrEqual(before.low);
        expect(after.high).toBeLessThanOrEqual(before.high);
      }),
    );
  });

  it('never lowers on partial data or in a rollout', () => {
    fc.assert(
      fc.property(
        anyObservation,
        anySpec,
        anyPast,
        fc.integer({ min: -100, max: 0 }),
        (o, s, past, action) => {
          fc.pre(o.rollout || o.demand === undefined || o.samples.some(({ state }) => state !== 'ok'));
          expect(limit(choice(action), legal(o, s, past)).to).toBe(o.replicas.desired);
        },
      ),
    );
  });

  it('never widens by one limit more, and does not depend on their order', () => {
    fc.assert(
      fc.property(fc.nat(80), fc.array(interval), interval, (from, some, more) => {
        const [before, after] = [narrow(from, some), narrow(from, [...some, more])];
        expect(after.low).toBeGreaterThanOrEqual(before.low);
        expect(after.high).toBeLessThanOrEqual(before.high);
        expect(sizes(narrow(from, [more, ...some]))).toEqual(sizes(after));
      }),
    );
  });
});

describe('the default chain', () => {
  it('keeps sizes within the bounds in the words of the HPA', () => {
    const mask = legal(at(4), spec({ minReplicas: 2, maxReplicas: 10 }));
    expect(limit(choice(20), mask).limits).toEqual([
      { step: 'bounds', from: 24, to: 10, reason: 'TooManyReplicas' },
    ]);
    expect(limit(choice(-4), mask).limits).toEqual([
      { step: 'bounds', from: 0, to: 2, reason: 'TooFewReplicas' },
    ]);
  });

  it('lets a size beyond the maximum stay or shrink, never grow', () => {
    expect(sizes(legal(at(60), spec({ maxReplicas: 50 })))).toEqual([1, 60]);
  });

  it('gives the same frozen value for the same size when only bounds apply', () => {
    const s = spec();
    expect(legal(at(4), s)).toBe(legal(at(4), s));
    expect(Object.isFrozen(legal(at(4), s))).toBe(true);
  });

  it('stops at what the budget pays for', () => {
    // 1.2 an hour at 0.4 a replica-hour: 3
    const s = spec({ budget: { hourly: 1.2, perReplicaHour: 0.4, currency: 'EUR' } });
    expect(limit(choice(9), legal(at(2), s)).limits).toEqual([
      { step: 'budget', from: 11, to: 3, reason: 'BudgetExceeded' },
    ]);
  });

  it('names each limit that bound, in the order of the chain', () => {
    const s = spec({ maxReplicas: 10, budget: { hourly: 2, perReplicaHour: 0.4, currency: 'EUR' } });
    expect(limit(choice(30), legal(at(2), s)).limits).toEqual([
      { step: 'bounds', from: 32, to: 10, reason: 'TooManyReplicas' },
      { step: 'budget', from: 10, to: 5, reason: 'BudgetExceeded' },
    ]);
  });

  it('holds when a choice is not a number', () => {
    expect(limit(choice(Number.NaN), legal(at(4), spec())).to).toBe(4);
  });
});

describe('limits that are asked for', () => {
  it('keeps a size for the cooldown after a scaling', () => {
    const s = spec({ cooldownSeconds: 60 });
    const scaled = (seconds: number) =>
      at(4, { replicas: replicas({ desired: 4, lastScaledAt: startAt - seconds }) });
    expect(sizes(legal(scaled(59), s))).toEqual([4, 4]);
    expect(sizes(legal(scaled(60), s))).toEqual([1, 50]);
  });

  it('honours a pause in its direction until it ends', () => {
    const pause = (direction: Pause['direction'], untilSeconds = startAt + 1): Pause[] => [
      { direction, untilSeconds, reason: 'release', by: 'ops' },
    ];
    expect(sizes(legal(at(4), spec(), emptyPast, pause('both')))).toEqual([4, 4]);
    expect(sizes(legal(at(4), spec(), emptyPast, pause('up')))).toEqual([1, 4]);
    expect(sizes(legal(at(4), spec(), emptyPast, pause('down')))).toEqual([4, 50]);
    expect(sizes(legal(at(4), spec(), emptyPast, pause('both', startAt)))).toEqual([1, 50]);
  });
});

describe('limits by circumstances', () => {
  it('raises nothing while pods find no node', () => {
    expect(sizes(legal(at(4, { unschedulable: 1 }), spec()))).toEqual([1, 4]);
    expect(sizes(legal(at(4, { unschedulable: 0 }), spec()))).toEqual([1, 50]);
    const ignore = spec({ guards: { unschedulable: 'Ignore' } });
    expect(sizes(legal(at(4, { unschedulable: 1 }), ignore))).toEqual([1, 50]);
    expect(limit(choice(2), legal(at(4, { unschedulable: 1 }), spec())).limits).toEqual([
      { step: 'unschedulable', from: 6, to: 4, reason: 'Unschedulable' },
    ]);
  });

  it('lowers in a rollout where the guard is to be ignored', () => {
    const rollout = at(4, { rollout: true });
    expect(sizes(legal(rollout, spec()))).toEqual([4, 50]);
    expect(sizes(legal(rollout, spec({ guards: { rollout: 'Ignore' } })))).toEqual([1, 50]);
  });

  it('leaves a size that a person has set alone until its time, and tells it from other writers', () => {
    const held = (reason: Holder['reason'], untilSeconds?: number) =>
      limit(choice(2), legal(at(4, { holder: { writer: 'w', reason, untilSeconds } }), spec())).limits.map(
        (l) => l.reason,
      );
    expect(held('ManualScaling', startAt + 1)).toEqual(['ManualScaling']);
    expect(held('ManualScaling', startAt)).toEqual([]);
    expect(held('HorizontalPodAutoscaler')).toEqual(['HeldByOther']);
  });

  it('stays within the bounds of the hour, which stay within those of the spec', () => {
    const within = (desired: number, minReplicas?: number, maxReplicas?: number) =>
      sizes(
        legal(
          at(desired, { schedule: { name: 'day', minReplicas, maxReplicas } }),
          spec({ minReplicas: 2, maxReplicas: 20 }),
        ),
      );
    expect(within(8, 5, 10)).toEqual([5, 10]);
    expect(within(8, undefined, 10)).toEqual([2, 10]);
    expect(within(8, 1, 30)).toEqual([2, 20]);
    // A floor is stronger than a ceiling.
    expect(within(8, 8, 6)).toEqual([8, 8]);
  });

  it('lowers no further than a floor that somebody asks for', () => {
    const mask = legal(at(4, { floor: { replicas: 3, name: 'web' } }), spec());
    expect(limit(choice(-3), mask).limits).toEqual([{ step: 'floor', from: 1, to: 3, reason: 'FloorHeld' }]);
    expect(sizes(legal(at(2, { floor: { replicas: 3, name: 'web' } }), spec()))).toEqual([2, 50]);
  });

  it('keeps a canary near to what the HPA rule would keep', () => {
    const band = (desired: number, canaryRatio: number, demand = 310) =>
      sizes(legal(at(desired, { canaryRatio, demand }), spec()));
    // 310 / (.62 · 50) = 10
    expect(band(10, 0.1)).toEqual([9, 11]);
    expect(band(10, 0.25)).toEqual([7, 13]);
    expect(band(10, 1)).toEqual([1, 20]);
    // 0 needs nothing; the least allowed is 1.
    expect(band(1, 0.1, 0)).toEqual([1, 2]);
    // 10 000 / 31 = 323, of which 50 are allowed.
    expect(band(50, 0.1, 10_000)).toEqual([45, 50]);
  });

  it('leaves a canary where it is when its band has moved away, and lets it come back', () => {
    expect(sizes(legal(at(4, { canaryRatio: 0.1, demand: 310 }), spec()))).toEqual([4, 11]);
    expect(sizes(legal(at(30, { canaryRatio: 0.1, demand: 310 }), spec()))).toEqual([9, 30]);
  });

  it('lowers nothing after as many turns from up to down as the flap budget allows, until they are long past', () => {
    const s = spec({ guards: { flapBudget: { reversals: 2, windowSeconds: 600 } } });
    const scaled = (past: Past, seconds: number, change: number): Past => {
      const o = at(4, { atSeconds: startAt + seconds });
      return remember(past, o, limit(choice(change), legal(o, s)), s);
    };
    const lowest = (past: Past, seconds: number) =>
      legal(at(4, { atSeconds: startAt + seconds }), s, past).low;
    const once = scaled(scaled(scaled(emptyPast, 0, 2), 60, 1), 120, -1);
    const twice = scaled(scaled(scaled(once, 130, -1), 180, 2), 240, -2);
    expect([lowest(once, 180), lowest(twice, 300)]).toEqual([1, 4]);
    // The first rise, at 60 s, is forgotten at 660 s.
    expect([lowest(twice, 659), lowest(twice, 660)]).toEqual([4, 1]);
  });

  it('does not call it a turn when a refused order would have made it', () => {
    const s = spec({ guards: { flapBudget: { reversals: 1, windowSeconds: 600 } } });
    const up = limit(choice(2), legal(at(4), s));
    const down = limit(choice(-2), legal(at(4), s));
    const past = remember(remember(emptyPast, at(4), up, s, false), at(4), down, s, true);
    expect(legal(at(4), s, past).low).toBe(1);
  });

  it('raises to the floor of the hour though demand is not known', () => {
    const blind = { demand: undefined, schedule: { name: 'day', minReplicas: 10 } };
    expect(sizes(legal(at(4, blind), spec()))).toEqual([4, 10]);
    expect(sizes(legal(at(12, blind), spec()))).toEqual([12, 12]);
  });
});

describe('what is remembered', () => {
  const held = limit(choice(0), legal(at(4), spec()));

  it('is nothing new while nothing asks for it', () => {
    expect(remember(emptyPast, at(4), held, spec())).toBe(emptyPast);
  });

  it('is the number of observations in a row without demand', () => {
    const missing = at(4, { demand: undefined });
    const twice = remember(remember(emptyPast, missing, held, spec()), missing, held, spec());
    expect(twice.misses).toBe(2);
    expect(remember(twice, at(4), held, spec()).misses).toBe(0);
  });

  it('is when demand went missing, until it is back', () => {
    const missing = (seconds: number) => at(4, { demand: undefined, atSeconds: startAt + seconds });
    const twice = remember(remember(emptyPast, missing(5), held, spec()), missing(10), held, spec());
    expect(twice.missedSince).toBe(startAt + 5);
    expect(remember(twice, at(4), held, spec()).missedSince).toBeUndefined();
  });

  it('is what the clock or a person prescribed, not what the policy thought', () => {
    const s = spec({ behavior: {} });
    const byClock = { ...held, reason: 'ScheduleFloor', action: 6, lines: { low: 1, high: 2 } };
    expect(remember(emptyPast, at(4), byClock, s).recommendations.at(-1)?.replicas).toBe(10);
  });

  it('is looked back for as far as any limit asks', () => {
    const flapBudget = { reversals: 3, windowSeconds: 1800 };
    expect(pastSeconds(spec())).toBe(0);
    expect(pastSeconds(spec({ guards: { flapBudget } }))).toBe(1800);
    expect(pastSeconds(spec({ onMetricLoss: { action: 'HpaRule', afterSeconds: 600 } }))).toBe(610);
    // The HPA's downscale stabilization
    expect(pastSeconds(spec({ behavior: {} }))).toBe(300);
  });

  it('is the wish of a policy that names lines, not what limits left of it', () => {
    const s = spec({ behavior: {} });
    const masked = { ...held, lines: { low: 1.2, high: 2.4 } };
    expect(remember(emptyPast, at(4), masked, s).recommendations.at(-1)?.replicas).toBe(2);
  });

  it('reaches back as far as the longest window', () => {
    const s = spec({ behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } });
    let past = emptyPast;
    for (let k = 0; k < 100; k++) past = remember(past, at(4, { atSeconds: 5 * k }), held, s);
    // 11 wishes younger than 60 s, and the newest
    expect(past.recommendations).toHaveLength(12);
  });
});

it('counts replicas in int32, as Kubernetes does', () => {
  expect(mostReplicas).toBe(2 ** 31 - 1);
});
