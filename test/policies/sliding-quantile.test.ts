import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slidingQuantile } from '#policies/sliding-quantile';

const values = fc.array(fc.constantFrom(0, 0.5, 1, 1, 1.5, 2, 7), { minLength: 1, maxLength: 60 });

test('is the least of the newest values that at least the share does not pass', () => {
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (all, size, q) => {
        const sliding = slidingQuantile(size);
        for (const value of all) sliding.add(value);
        const kept = all.slice(-size).toSorted((a, b) => a - b);
        expect(sliding.at(q)).toBe(kept.find((_, i) => i + 1 >= q * kept.length));
      },
    ),
  );
});

test('goes on from its values as if it had never stopped', () => {
  fc.assert(
    fc.property(values, values, fc.integer({ min: 1, max: 12 }), (before, after, size) => {
      const whole = slidingQuantile(size);
      for (const value of before) whole.add(value);
      const again = slidingQuantile(size, whole.values());
      for (const value of after) {
        whole.add(value);
        again.add(value);
        expect([again.at(0.5), again.values()]).toEqual([whole.at(0.5), whole.values()]);
      }
    }),
  );
});

test('knows nothing of no values', () => {
  expect(slidingQuantile(5).at(0.9)).toBeNaN();
});
