import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { workload } from '#simulator/workload';
import { type Order, plainWorkload } from '#test/simulator/plain-workload';

const settings = (arrivals: readonly number[], initialReplicas = 4, startUpSeconds = 45) => ({
  arrivals: Float64Array.from(arrivals),
  capacityPerReplica: 50,
  sloSeconds: 0.25,
  startUpSeconds,
  initialReplicas,
});
const level = (rate: number, seconds: number): number[] => new Array<number>(seconds).fill(rate);
const at = (load: ReturnType<typeof workload>, second: number) => {
  load.advance(second);
  return { desired: load.desired(), ready: load.ready() };
};

const arrivals = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 900 }), fc.double({ min: 0, max: 900, noNaN: true })),
  {
    minLength: 1,
    maxLength: 200,
  },
);
const orders = fc
  .array(fc.record({ at: fc.nat(199), to: fc.nat(12) }), { maxLength: 12 })
  .map((all) => all.toSorted((a, b) => a.at - b.at));

const played = (counts: readonly number[], plan: readonly Order[], initial: number, startUp: number) => {
  const load = workload(settings(counts, initial, startUp));
  const sizes: { desired: number; ready: number }[] = [];
  for (let t = 0; t < counts.length; t++) {
    load.advance(t);
    for (const { to } of plan.filter((order) => order.at === t)) load.scale(to);
    sizes.push({ desired: load.desired(), ready: load.ready() });
    expect(load.starting.reduce((sum, { count }) => sum + count, 0)).toBe(load.desired() - load.ready());
    expect(load.started.reduce((sum, { count }) => sum + count, 0)).toBe(load.ready());
  }
  load.advance(counts.length);
  return { load, sizes };
};

describe('a workload', () => {
  it('is, second by second, what single replicas would be under any orders', () => {
    fc.assert(
      fc.property(
        arrivals,
        orders,
        fc.nat(12),
        fc.constantFrom(0, 1, 7, 45),
        (counts, plan, initial, startUp) => {
          const { load, sizes } = played(counts, plan, initial, startUp);
          const plain = plainWorkload(settings(counts, initial, startUp), plan);
          expect(sizes).toEqual(plain.sizes);
          plain.late.forEach((late, t) => void expect(load.late(t, t + 1)).toBeCloseTo(late, 8));
          const totals = load.totals();
          expect(totals.replicaSeconds).toBe(plain.sizes.reduce((sum, { desired }) => sum + desired, 0));
          expect(totals.lateRequests).toBeLessThanOrEqual(totals.requests * (1 + 1e-12));
          expect(totals.requests).toBeCloseTo(
            counts.reduce((a, b) => a + b, 0),
            6,
          );
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is the same in one stride as in single seconds', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(8), (counts, initial) => {
        const [stride, steps] = [workload(settings(counts, initial)), workload(settings(counts, initial))];
        stride.advance(counts.length);
        for (let t = 0; t <= counts.length; t++) steps.advance(t);
        expect(steps.totals()).toEqual(stride.totals());
        expect(steps.backlog()).toBe(stride.backlog());
      }),
    );
  });

  it('is never later with more replicas', () => {
    fc.assert(
      fc.property(arrivals, fc.nat(10), fc.nat(5), (counts, few, extra) => {
        const lateWith = (replicas: number): number => {
          const load = workload(settings(counts, replicas));
          load.advance(counts.length);
          return load.totals().lateRequests;
        };
        expect(lateWith(few + extra)).toBeLessThanOrEqual(lateWith(few) + 1e-6);
      }),
    );
  });
});

describe('an order', () => {
  it('is ready exactly when the start-up time is over', () => {
    const load = workload(settings(level(0, 300)));
    load.advance(10);
    load.scale(7);
    expect(at(load, 54)).toEqual({ desired: 7, ready: 4 });
    expect(at(load, 55)).toEqual({ desired: 7, ready: 7 });
  });

  it('takes whole seconds', () => {
    const load = workload(settings(level(0, 300), 4, 44.2));
    load.scale(5);
    expect(at(load, 44).ready).toBe(4);
    expect(at(load, 45).ready).toBe(5);
  });

  it('down cancels what is starting first, the newest of it first', () => {
    const load = workload(settings(level(0, 300)));
    load.scale(6);
    load.advance(20);
    load.scale(9);
    load.advance(30);
    // Of 4 ready, 2 from second 0 and 3 from second 20 the three newest go, and one from second 0.
    load.scale(5);
    expect(at(load, 45)).toEqual({ desired: 5, ready: 5 });
    expect(at(load, 65)).toEqual({ desired: 5, ready: 5 });
  });

  it('that changes nothing is none', () => {
    const load = workload(settings(level(0, 300)));
    load.scale(4);
    expect([load.totals().scalings, load.lastScaledAt()]).toEqual([0, undefined]);
  });
});

describe('start-up times that vary', () => {
  const varied = (startUpVariation: number, counts = level(0, 2000)) =>
    workload({ ...settings(counts), startUpVariation, seed: 7 });

  it('make single replicas ready at their own times, all of them in the end', () => {
    const load = varied(0.5);
    load.scale(54);
    const sizes = Array.from({ length: 2000 }, (_, t) => at(load, t).ready);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBeGreaterThan(20);
    expect([sizes[0], sizes.at(-1)]).toEqual([4, 54]);
  });

  it('keep the books: replicas that start and those that are ready are what was ordered', () => {
    fc.assert(
      fc.property(arrivals, orders, fc.nat(12), (counts, plan, initial) => {
        const load = workload({ ...settings(counts, initial), startUpVariation: 1, seed: 3 });
        for (let t = 0; t < counts.length; t++) {
          load.advance(t);
          for (const { to } of plan.filter((order) => order.at === t)) load.scale(to);
          const starting = load.starting.map(({ readyAt }) => readyAt);
          expect(starting).toEqual(starting.toSorted((a, b) => a - b));
          expect(load.starting.reduce((sum, { count }) => sum + count, load.ready())).toBe(load.desired());
          expect(load.started.reduce((sum, { count }) => sum + count, 0)).toBe(load.ready());
        }
      }),
    );
  });

  it('cancel the newest order first, though an older one may be ready later', () => {
    const load = varied(2);
    load.scale(12);
    load.advance(1);
    const before = load.starting.filter(({ orderedAt }) => orderedAt === 0);
    load.scale(20);
    load.scale(12);
    expect(load.starting).toEqual(before);
  });

  it('are all alike when they vary by nothing', () => {
    fc.assert(
      fc.property(arrivals, orders, (counts, plan) => {
        const totals = (more: object) => {
          const load = workload({ ...settings(counts), ...more });
          for (const { at: second, to } of plan) {
            load.advance(second);
            load.scale(to);
          }
          load.advance(counts.length);
          return load.totals();
        };
        expect(totals({ startUpVariation: 0, retryShare: 0, seed: 9 })).toEqual(totals({}));
      }),
    );
  });
});

describe('requests that are sent again', () => {
  const overloaded = (retryShare: number) => {
    // 300 a second against 200, then silence in which all that is sent again has time to come.
    const counts = [...level(300, 60), ...level(0, 300)];
    const load = workload({ ...settings(counts), retryShare });
    load.advance(counts.length);
    return load;
  };

  it('come on top of what arrives, none of them lost and none made up', () => {
    const { requests, lateRequests } = overloaded(0.5).totals();
    // What arrived is what was sent first and half of all that was late.
    expect(requests).toBeCloseTo(60 * 300 + 0.5 * lateRequests, 6);
    expect(overloaded(0).totals().requests).toBe(60 * 300);
  });

  it('come three to seven seconds later', () => {
    const load = workload({ ...settings([1000, ...level(0, 19)], 4), retryShare: 0.5 });
    load.advance(3);
    // All 1000 are late: 500 of them spread over five seconds.
    expect([...load.arrivals.subarray(1, 10)]).toEqual([0, 0, 100, 100, 100, 100, 100, 0, 0]);
  });

  it('are late again while the fleet is too small', () => {
    expect(overloaded(0.5).totals().lateRequests).toBeGreaterThan(1.5 * overloaded(0).totals().lateRequests);
  });

  it('leave the given arrivals as they are', () => {
    const given = settings(level(900, 30));
    workload({ ...given, retryShare: 0.9 }).advance(30);
    expect([...given.arrivals]).toEqual(level(900, 30));
  });
});

describe('what is counted', () => {
  it('is the time of replicas that start too', () => {
    const load = workload(settings(level(0, 100)));
    load.advance(10);
    load.scale(6);
    load.advance(30);
    // 4 for 10 s and 6 for 20 s, two of them starting.
    expect(load.totals().replicaSeconds).toBe(160);
  });

  it('is a scaling for each change, and a reversal for each turn', () => {
    const load = workload(settings(level(0, 100)));
    for (const size of [5, 7, 6, 6, 3, 4]) load.scale(size);
    expect(load.totals()).toMatchObject({ scalings: 5, reversals: 2 });
  });

  it('is a request as late when it arrives, also one that is dropped after ten seconds', () => {
    const load = workload(settings(level(1000, 60), 4));
    load.advance(60);
    // 200 a second are served; 800 a second queue up to 10 s of work, 2000, and the rest is gone.
    expect(load.backlog()).toBe(2000);
    expect(load.totals()).toMatchObject({ requests: 60_000, lateRequests: 60_000 });
  });

  it('is a minute in violation when more than one of a hundred requests in it is late', () => {
    // Two seconds of overload in the second minute, then a minute of silence.
    const counts = [...level(10, 60), ...level(10, 30), 900, 900, ...level(10, 28), ...level(0, 60)];
    const load = workload(settings(counts, 8));
    load.advance(counts.length);
    expect(load.totals()).toMatchObject({ seconds: 180, violationMinutes: 1 });
  });

  it('is no minute in violation for what was before a reset', () => {
    const load = workload(settings([...level(900, 30), ...level(10, 30)], 8));
    load.advance(40);
    load.reset();
    load.advance(60);
    expect(load.totals().violationMinutes).toBe(0);
  });

  it('begins anew after a reset, while the world goes on', () => {
    const load = workload(settings(level(100, 200)));
    load.advance(50);
    load.scale(6);
    load.reset();
    load.advance(60);
    expect(load.totals()).toMatchObject({ seconds: 10, requests: 1000, replicaSeconds: 60, scalings: 0 });
    expect(at(load, 95)).toEqual({ desired: 6, ready: 6 });
  });

  it('is the share of capacity in use, waiting requests served too', () => {
    const load = workload(settings([100, 400, 0, 0, 50], 4));
    load.advance(5);
    // 100/200, then full while 400 and the 200 left of it are served, then none and 50/200.
    expect([0, 1, 2, 3, 4].map((t) => load.utilization(t, t + 1))).toEqual([0.5, 1, 1, 0, 0.25]);
    expect(load.utilization(0, 5)).toBeCloseTo(2.75 / 5, 12);
    expect(load.utilization(3, 3)).toBe(0);
  });

  it('ends with the arrivals', () => {
    const load = workload(settings(level(100, 20)));
    load.advance(500);
    expect([load.now(), load.ended(), load.totals().seconds]).toEqual([20, true, 20]);
  });
});
