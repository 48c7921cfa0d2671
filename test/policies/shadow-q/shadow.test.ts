import fc from 'fast-check';
import { expect, it } from 'vitest';
import { tailSharpness } from '#core/queue';
import { phaseOf } from '#policies/shadow-q/experts/two-lines/feature-history';
import { calm, restless } from '#policies/shadow-q/experts/two-lines/lines';
import { shadow } from '#policies/shadow-q/shadow';
import { workload } from '#simulator/workload';
import { jumps } from '#test/policies/shadow-q/demand';
import { economy } from '#test/policies/shadow-q/economy';

const timing = fc.constantFrom(
  { stepSeconds: 5, startUpSeconds: 45, age: 1 },
  { stepSeconds: 5, startUpSeconds: 0, age: 0 },
  { stepSeconds: 5, startUpSeconds: 90, age: 12 },
  { stepSeconds: 15, startUpSeconds: 45, age: 15 },
  { stepSeconds: 15, startUpSeconds: 30, age: 20 },
);

type Found = { capacityPerReplica?: number; serviceVariation?: number; longer?: number };

it('pays, second by second, what the simulated workload pays for the same plan', () => {
  const plans = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 50, maxLength: 50 });
  const found = fc.constantFrom<Found[]>(
    {},
    { capacityPerReplica: 40, serviceVariation: 2 },
    { longer: 4 },
    { longer: 1 / 3 },
  );
  const seeds = fc.integer({ min: 0, max: 999 });
  fc.assert(
    fc.property(timing, plans, seeds, found, ({ age, ...times }, plan, seed, other) => {
      const { serviceVariation = 1, longer = 1, ...served } = other;
      const startUpSeconds =
        Math.ceil((times.startUpSeconds * longer) / times.stepSeconds) * times.stepSeconds;
      const { capacityPerReplica } = economy(served);
      const tailPerSecond = capacityPerReplica * tailSharpness(serviceVariation);
      const e = economy({ ...times, startUpSeconds, ...served, tailPerSecond });
      const endOf = (k: number): number => phaseOf(e.stepSeconds, age) + k * e.stepSeconds;
      const counts = jumps(endOf(plan.length), seed);
      const fleet = shadow(economy(times), age, restless);
      fleet.govern(e);
      fleet.start(7);
      const load = workload({
        ...e,
        arrivals: Float64Array.from(counts),
        initialReplicas: 7,
        serviceVariation,
      });
      let [cost, switches, before] = [0, 0, 7];
      plan.forEach((n, k) => {
        cost += fleet.play(k, counts, k === 0 ? 0 : endOf(k - 1), endOf(k));
        fleet.decide(k, n, n);
        // What is decided on the seconds until endOf(k) acts from the instant at which they are visible.
        const at = endOf(k) + age;
        if (at >= endOf(plan.length - 1)) return;
        load.advance(at);
        load.scale(n);
        switches += Math.abs(n - before);
        before = n;
      });
      load.advance(endOf(plan.length - 1));
      const { replicaSeconds, lateRequests } = load.totals();
      const expected = replicaSeconds / 3600 + e.latePrice * lateRequests + e.switchPrice * switches;
      expect(cost).toBeCloseTo(expected, 9);
    }),
    { numRuns: 200 },
  );
});

it('follows two lines: up to the low one, down to the high one, between them not at all', () => {
  const fleet = shadow(economy(), 1, restless);
  fleet.start(10);
  const sizes = [
    [9.4, 12],
    [10.5, 12],
    [3, 8.49],
    [3, 100],
    [70, 80],
  ].map(([low, high], k) => fleet.decide(k, low!, high!));
  // Half is rounded up; 50 is the most.
  expect(sizes).toEqual([10, 11, 8, 8, 50]);
});

it('turns back what it ordered only when the surplus since adds up to 10 s of the whole fleet', () => {
  const fleet = shadow(economy(), 1, calm);
  fleet.start(20);
  // Half of 40 too many for 5 s is 2.5 s of the fleet: the fourth step makes it 10. In between there may be none.
  const sizes = [
    [40, 40],
    [20, 20],
    [20, 50],
    [20, 20],
    [20, 20],
    [20, 20],
    // After a release the next one waits for nothing.
    [10, 18],
  ].map(([low, high], k) => fleet.decide(k, low!, high!));
  expect(sizes).toEqual([40, 40, 40, 40, 40, 20, 18]);
});
