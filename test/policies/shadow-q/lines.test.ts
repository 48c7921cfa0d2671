import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calm, noTurn, restless, surplusRatio, towards } from '#policies/shadow-q/experts/two-lines/lines';

const size = fc.integer({ min: 1, max: 300 });
const lines = fc
  .tuple(fc.double({ min: 0.5, max: 250, noNaN: true }), fc.double({ min: 1, max: 3, noNaN: true }))
  .map(([low, width]) => ({ low, high: low * width }));
const turn = fc.oneof(
  fc.constant(noTurn),
  fc.record({ surplusSeconds: fc.double({ min: 0, max: 20, noNaN: true }), size }),
);

describe('a fleet between two lines', () => {
  it('moves only where the lines say so, and not beyond them', () => {
    fc.assert(
      fc.property(size, lines, turn, (n, { low, high }, last) => {
        const exact = towards(n, low, high, restless);
        const moved = towards(n, low, high, calm, last);
        // Of one direction; calm may leave out a release, and order more.
        expect(Math.sign(moved - n) * Math.sign(exact - n)).toBeGreaterThanOrEqual(0);
        expect(moved).toBeGreaterThanOrEqual(exact);
        expect(moved).toBeLessThanOrEqual(Math.max(n, exact, Math.floor((low + high) / 2 + 0.5)));
      }),
    );
  });

  it('never waits with an order', () => {
    fc.assert(
      fc.property(size, lines, turn, (n, { low, high }, last) => {
        expect(towards(n, low, high, calm, last)).toBeGreaterThanOrEqual(Math.floor(low + 0.5));
      }),
    );
  });

  it('stays where it went while the lines stay', () => {
    fc.assert(
      fc.property(size, lines, (n, { low, high }) => {
        const there = towards(n, low, high, calm);
        expect(towards(there, low, high, calm)).toBe(there);
      }),
    );
  });

  it('releases single replicas up to 16, and above that waits for as many as pay the move', () => {
    // ceil(.06·16) = 1, ceil(.06·17) = 2
    expect(towards(16, 10, 15, calm)).toBe(15);
    expect(towards(17, 10, 16, calm)).toBe(17);
    expect(towards(17, 10, 15, calm)).toBe(15);
  });

  it('orders 2 % of its size above the low line, no further than the middle', () => {
    // 40 + .02·30 = 40.6; the middle of 40 and 40.4 is 40.2.
    expect(towards(30, 40, 60, calm)).toBe(41);
    expect(towards(30, 40, 40.4, calm)).toBe(40);
  });

  it('releases nothing after an order until the surplus since then is worth the turn', () => {
    expect(towards(30, 10, 20, calm, { surplusSeconds: 9.9, size: 30 })).toBe(30);
    expect(towards(30, 10, 20, calm, { surplusSeconds: 10, size: 30 })).toBe(20);
  });

  it('releases a tenth at least after an order, and less after a release', () => {
    // ceil(.1·30) = 3, ceil(.06·30) = 2
    expect(towards(30, 10, 28, calm, { surplusSeconds: 60, size: 30 })).toBe(30);
    expect(towards(30, 10, 27, calm, { surplusSeconds: 60, size: 30 })).toBe(27);
    expect(towards(30, 10, 28, calm)).toBe(28);
  });

  it('releases at once, while an order waits, what somebody else added to it', () => {
    expect(towards(40, 10, 20, calm, { surplusSeconds: 0, size: 30 })).toBe(30);
    expect(towards(25, 10, 20, calm, { surplusSeconds: 0, size: 30 })).toBe(25);
  });

  it('has a surplus above the high line alone', () => {
    expect([surplusRatio(20, 15), surplusRatio(20, 20.4), surplusRatio(20, 30), surplusRatio(0, 0)]).toEqual([
      0.25, 0, 0, 0,
    ]);
  });
});
