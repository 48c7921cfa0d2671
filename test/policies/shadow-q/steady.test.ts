import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equivalentPrice, steadyUtilization } from '#policies/shadow-q/experts/two-lines/steady';
import { economy } from '#test/policies/shadow-q/economy';

const tail = fc.double({ min: 6, max: 200, noNaN: true });
const price = fc.double({ min: 1e-5, max: 1e-3, noNaN: true });
const capacity = fc.double({ min: 20, max: 120, noNaN: true });

describe('the steady utilisation', () => {
  it('is where one replica more or less costs more', () => {
    fc.assert(
      fc.property(tail, price, capacity, (tailPerSecond, latePrice, capacityPerReplica) => {
        const e = economy({ tailPerSecond, latePrice, capacityPerReplica });
        const rho = steadyUtilization(e);
        fc.pre(rho > 0.05 && rho < 0.99);
        const demand = 1000;
        const costOf = (replicas: number): number =>
          replicas / 3600 +
          latePrice *
            demand *
            Math.exp(-e.sloSeconds * tailPerSecond * (1 - demand / replicas / capacityPerReplica));
        const best = demand / capacityPerReplica / rho;
        expect(costOf(best)).toBeLessThan(costOf(best * 1.01));
        expect(costOf(best)).toBeLessThan(costOf(best * 0.99));
      }),
    );
  });

  it('is 64 % for the usual service, about where the rules among the experts keep a fleet', () => {
    expect(steadyUtilization(economy())).toBeCloseTo(0.64, 2);
  });

  it('is full where nobody pays for late requests', () => {
    expect(steadyUtilization(economy({ latePrice: 1e-12 }))).toBeCloseTo(1, 9);
  });
});

describe('the equivalent price', () => {
  it('is the price itself under the usual law', () => {
    for (const latePrice of [1e-5, 1e-4, 1e-3]) {
      const e = economy({ latePrice });
      expect(equivalentPrice(e, e)).toBe(latePrice);
    }
  });

  it('leads the usual law to the same utilisation, unless it were less than half of the price', () => {
    fc.assert(
      fc.property(tail, price, capacity, (tailPerSecond, latePrice, capacityPerReplica) => {
        const found = economy({ tailPerSecond, latePrice, capacityPerReplica });
        const rho = steadyUtilization(found);
        fc.pre(rho > 0.05 && rho < 0.99);
        const usual = economy({ latePrice });
        const equivalent = equivalentPrice(found, usual);
        expect(equivalent).toBeGreaterThanOrEqual(latePrice / 2);
        if (equivalent > latePrice / 2)
          expect(steadyUtilization({ ...usual, latePrice: equivalent })).toBeCloseTo(rho, 6);
      }),
    );
  });
});
