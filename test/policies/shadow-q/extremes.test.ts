import fc from 'fast-check';
import { expect, it } from 'vitest';
import { slidingMaximum } from '#policies/shadow-q/experts/two-lines/extremes';

it('the sliding maximum is the greatest of the last values', () => {
  const values = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true })), {
    maxLength: 80,
  });
  const falls = values.map((all) => all.toSorted((a, b) => b - a));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.oneof(values, falls), (width, all) => {
      const slide = slidingMaximum(width);
      // Which of two zeros is the greater is nobody's business: adding 0 makes −0 one of them.
      expect(all.map((value) => slide(value) + 0)).toEqual(
        all.map((_, i) => Math.max(...all.slice(Math.max(0, i - width + 1), i + 1)) + 0),
      );
    }),
    { numRuns: 1000 },
  );
});
