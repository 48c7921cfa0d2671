import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lateShare } from '#core/queue';
import { lateTail } from '#simulator/late-tail';

const exponent = fc.double({ min: 0, max: 30, noNaN: true });

describe('the tail of latency', () => {
  it('is that of the usual law where nothing else is said', () => {
    // 250 ms, 50 requests/s a replica, no wait: x = .25·(1 − rho)·50
    for (const rho of [0, 0.3, 0.62, 0.9])
      expect(lateTail({})(0.25 * (1 - rho) * 50)).toBeCloseTo(lateShare(rho, 0, 50, 0.25), 12);
  });

  it('is a share that falls, from all where nothing is idle', () => {
    const variation = fc.constantFrom(undefined, 0.5, 2);
    const power = fc.constantFrom(undefined, 1, 3, 10);
    fc.assert(
      fc.property(variation, power, exponent, exponent, (serviceVariation, tailPower, a, b) => {
        const tail = lateTail({ serviceVariation, tailPower });
        expect(tail(0)).toBe(1);
        expect(tail(Math.max(a, b))).toBeLessThanOrEqual(tail(Math.min(a, b)));
        expect(tail(a)).toBeGreaterThan(0);
      }),
    );
  });

  it('is heavier as a power than as an exponential, and less so the greater the power', () => {
    fc.assert(
      fc.property(exponent, (x) => {
        const [heavy, lighter, usual] = [
          lateTail({ tailPower: 3 }),
          lateTail({ tailPower: 10 }),
          lateTail({}),
        ];
        expect(heavy(x) / lighter(x)).toBeGreaterThan(1 - 1e-12);
        expect(lighter(x) / usual(x)).toBeGreaterThan(1 - 1e-12);
      }),
    );
    expect(lateTail({ tailPower: 1e7 })(4)).toBeCloseTo(Math.exp(-4), 6);
  });
});
