import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClairvoyantSettings, clairvoyant } from '#simulator/clairvoyant';
import { plainWorkload } from '#test/simulator/plain-workload';

const settings = (arrivals: readonly number[], changes: Partial<ClairvoyantSettings> = {}) => ({
  arrivals: Float64Array.from(arrivals),
  capacityPerReplica: 50,
  sloSeconds: 0.25,
  startUpSeconds: 45,
  latePrice: 1e-4,
  minReplicas: 1,
  maxReplicas: 4,
  fromSecond: 0,
  ...changes,
});
const level = (rate: number, seconds = 15): number[] => new Array<number>(seconds).fill(rate);

/** The cost of one plan: each window begins without a backlog, each added replica pays its start-up too. */
const costOf = (s: ClairvoyantSettings, plan: readonly number[]): number =>
  plan.reduce((cost, n, k) => {
    const counts = s.arrivals.subarray(s.fromSecond + 15 * k, s.fromSecond + 15 * (k + 1));
    const { late } = plainWorkload({ ...s, arrivals: counts, initialReplicas: n }, []);
    const added = Math.max(0, n - (plan[k - 1] ?? n));
    const seconds = n * counts.length + added * s.startUpSeconds;
    return cost + seconds / 3600 + s.latePrice * late.reduce((a, b) => a + b, 0);
  }, 0);

const plans = (windows: number, low: number, high: number): number[][] =>
  windows === 0
    ? [[]]
    : plans(windows - 1, low, high).flatMap((plan) =>
        Array.from({ length: high - low + 1 }, (_, i) => [...plan, low + i]),
      );

describe('the clairvoyant', () => {
  it('knows when a burst is worth a replica', () => {
    // Four windows at 0, one at 60, one at 0 requests a second. With two ready e^−(.25·20) = .0067 of the 900 are late, 6
    // of them; with one ready all 900: .09 hours. A second replica for that window costs 15 s and 45 s of start-up,
    // 60/3600 = .0167 hours; from the beginning it would cost 75 s. One replica for six windows: 90/3600 = .025.
    const late = 900 * Math.exp(-0.25 * (50 - 30));
    const plan = clairvoyant(settings([...level(0, 60), ...level(60), ...level(0)]));
    expect([...plan.sizes]).toEqual([1, 1, 1, 1, 2, 1]);
    expect(plan.lateRequests).toBeCloseTo(late, 9);
    expect(plan.cost).toBeCloseTo(0.025 + 60 / 3600 + 1e-4 * late, 12);
    expect(plan).toMatchObject({ scalings: 2, reversals: 1 });
  });

  it('lets it pass where late requests are cheap', () => {
    const plan = clairvoyant(settings([...level(0, 60), ...level(60), ...level(0)], { latePrice: 1e-6 }));
    expect([...plan.sizes]).toEqual([1, 1, 1, 1, 1, 1]);
    expect(plan.cost).toBeCloseTo(0.025 + 1e-6 * 900, 12);
  });

  it('counts its minutes in violation too', () => {
    const s = settings([...level(0, 60), ...level(60, 60), ...level(0, 60)], { latePrice: 1e-7 });
    expect(clairvoyant(s).violationMinutes).toBe(1);
  });

  it('has its first size for nothing, and pays for the scored part only', () => {
    const plan = clairvoyant(settings([...level(1000), ...level(130), ...level(130)], { fromSecond: 15 }));
    expect(plan.sizes).toHaveLength(2);
    expect(plan.replicaHours).toBeCloseTo((plan.sizes[0]! * 30) / 3600, 12);
  });

  it('finds the cheapest of all plans', () => {
    const rate = fc.constantFrom(0, 10, 45, 60, 90, 140, 240);
    const burst = fc.array(fc.tuple(rate, rate), { minLength: 1, maxLength: 5 });
    const price = fc.constantFrom(1e-6, 1e-5, 1e-4, 1e-3);
    fc.assert(
      fc.property(burst, price, fc.constantFrom(0, 15, 45), fc.nat(14), (rates, latePrice, startUp, cut) => {
        const counts = rates.flatMap(([a, b]) => [...level(a, 8), ...level(b, 7)]);
        const s = settings(counts.slice(0, counts.length - cut), {
          latePrice,
          startUpSeconds: startUp,
          maxReplicas: 3,
        });
        const plan = clairvoyant(s);
        const costs = plans(plan.sizes.length, 1, 3).map((each) => costOf(s, each));
        expect(plan.cost).toBeCloseTo(Math.min(...costs), 9);
        expect(costOf(s, [...plan.sizes])).toBeCloseTo(plan.cost, 9);
        expect(plan.replicaHours + latePrice * plan.lateRequests).toBeCloseTo(plan.cost, 9);
      }),
      { numRuns: 100 },
    );
  });

  it('stays between the least and the greatest size', () => {
    const bounds = { minReplicas: 2, maxReplicas: 4, latePrice: 1e-3 };
    const plan = clairvoyant(settings([...level(0, 60), ...level(190)], bounds));
    expect([...plan.sizes]).toEqual([2, 2, 2, 2, 4]);
  });
});
