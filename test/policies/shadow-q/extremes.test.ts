import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slidingMaximum } from '#policies/shadow-q/experts/two-lines/extremes';

it('the sliding maximum is the greatest of the last values', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), {
    maxLength: 80,
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), values, (width, all) => {
      const slide = slidingMaximum(width);
      expect(all.map(slide)).toEqual(
        all.map((_, i) => Math.max(...all.slice(Math.max(0, i - width + 1), i + 1))),
      );
    }),
    { numRuns: 1000 },
  );
});
