import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lateShare, nextBacklog } from '#core/queue';

const rho = fc.double({ min: 0, max: 2, noNaN: true });
const wait = fc.double({ min: 0, max: 1, noNaN: true });

describe('the late share', () => {
  it('is exp(−(SLO − wait)·(1 − rho)/S)', () => {
    // S = 1/50 s: (.25 − .05)·(1 − .6)·50 = 4
    expect(lateShare(0.6, 0.05, 50, 0.25)).toBeCloseTo(Math.exp(-4), 12);
    // An idle server without a queue: .25·50 = 12.5
    expect(lateShare(0, 0, 50, 0.25)).toBeCloseTo(Math.exp(-12.5), 12);
  });

  it('is 1 at overload, and when the wait alone takes the whole SLO', () => {
    expect([lateShare(1, 0, 50, 0.25), lateShare(7, 0, 50, 0.25), lateShare(0, 0.25, 50, 0.25)]).toEqual([
      1, 1, 1,
    ]);
  });

  it('lies in [0, 1] and rises with load and with waiting', () => {
    fc.assert(
      fc.property(rho, rho, wait, wait, (r1, r2, w1, w2) => {
        const less = lateShare(Math.min(r1, r2), Math.min(w1, w2), 50, 0.25);
        const more = lateShare(Math.max(r1, r2), Math.max(w1, w2), 50, 0.25);
        expect(less).toBeGreaterThanOrEqual(0);
        expect(more).toBeLessThanOrEqual(1);
        expect(less).toBeLessThanOrEqual(more);
      }),
    );
  });
});

describe('the backlog', () => {
  it.each([
    [0, 80, 100, 0],
    [30, 80, 100, 10],
    [0, 180, 100, 80],
    // What would wait longer than 10 s is dropped.
    [950, 180, 100, 1000],
    [500, 10, 0, 0],
  ])('of %d with %d arrived and %d served is %d', (backlog, arrived, served, left) => {
    expect(nextBacklog(backlog, arrived, served)).toBe(left);
  });

  it('in seconds of work is never more with more capacity', () => {
    const demand = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        demand,
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 200 }),
        (all, C, extra) => {
          let [few, many] = [0, 0];
          for (const d of all) {
            few = nextBacklog(few, d, C);
            many = nextBacklog(many, d, C + extra);
            expect(many / (C + extra)).toBeLessThanOrEqual(few / C + 1e-9);
          }
        },
      ),
    );
  });
});
