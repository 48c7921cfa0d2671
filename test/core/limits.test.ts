import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emptyPast, type Interval, legal, limit, mostReplicas, narrow, remember } from '#core/limits';
import type { Choice, Observation, Past, Pause, Spec } from '#core/model';
import { observation, replicas, sample, spec, startAt } from '#test/make';

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

const anySpec: fc.Arbitrary<Spec> = fc
  .record({
    minReplicas: fc.integer({ min: 0, max: 10 }),
    more: fc.integer({ min: 0, max: 60 }),
    budget: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true }), { nil: undefined }),
    behavior: fc.constantFrom(undefined, {}, { scaleDown: { selectPolicy: 'Disabled' as const } }),
    cooldownSeconds: fc.constantFrom(undefined, 60),
  })
  .map(({ minReplicas, more, budget, ...rest }) =>
    spec({
      minReplicas,
      maxReplicas: minReplicas + more,
      budget: budget === undefined ? undefined : { hourly: budget, perReplicaHour: 0.1, currency: 'EUR' },
      ...rest,
    }),
  );

const anyObservation: fc.Arbitrary<Observation> = fc
  .record({
    desired: fc.nat(90),
    demand: fc.constantFrom(undefined, 0, 100, Number.NaN),
    state: fc.constantFrom('ok', 'empty', 'stale', 'error' as const),
    ageSeconds: fc.constantFrom(1, 100),
    rollout: fc.boolean(),
    lastScaledAt: fc.constantFrom(undefined, startAt - 100, startAt - 10),
  })
  .map(({ desired, demand, state, ageSeconds, rollout, lastScaledAt }) =>
    observation({
      replicas: replicas({ desired, ready: desired, lastScaledAt }),
      demand,
      rollout,
      samples: [
        sample({ ageSeconds }),
        sample({ metric: 'cpu', state, value: state === 'ok' ? 0.5 : undefined }),
      ],
    }),
  );

const anyPast: fc.Arbitrary<Past> = fc.record({
  recommendations: fc.array(
    fc.record({ atSeconds: fc.integer({ min: startAt - 400, max: startAt }), replicas: fc.nat(90) }),
  ),
  scalings: fc.array(
    fc.record({
      atSeconds: fc.integer({ min: startAt - 60, max: startAt }),
      change: fc.integer({ min: -9, max: 9 }),
    }),
  ),
  misses: fc.nat(5),
});

const anyPauses = fc.array(
  fc.record({
    untilSeconds: fc.integer({ min: startAt - 10, max: startAt + 10 }),
    direction: fc.constantFrom('up', 'down', 'both' as const),
    reason: fc.constant('release'),
    by: fc.constant('ops'),
  }),
  { maxLength: 2 },
);

describe('the algebra of limits', () => {
  it('always allows to hold', () => {
    fc.assert(
      fc.property(anyObservation, anySpec, anyPast, anyPauses, (o, s, past, pauses) => {
        const mask = legal(o, s, past, pauses);
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
