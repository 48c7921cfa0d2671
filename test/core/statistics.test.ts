import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '#core/random';
import { bootstrapInterval, geometricMean, interquartileMean, mean, quantile } from '#core/statistics';

const some = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 30 });

describe('quantiles', () => {
  it('lie between order statistics in proportion', () => {
    // 1 + .25 · 3 steps = 1.75
    expect(quantile([4, 1, 3, 2], 0.25)).toBe(1.75);
  });

  it('run from the least to the greatest value', () => {
    fc.assert(
      fc.property(some, (values) => {
        expect([quantile(values, 0), quantile(values, 1)]).toEqual([
          Math.min(...values),
          Math.max(...values),
        ]);
      }),
    );
  });
});

describe('the interquartile mean', () => {
  it('is the mean of the middle half', () => {
    expect(interquartileMean([1000, 1, 2, 3, 4, 5, 6, -1000])).toBe(3.5);
  });

  it('weighs values across a quartile in part', () => {
    // of 5 the middle 2.5: .75 · 2 + 3 + .75 · 6 = 9, by 2.5
    expect(interquartileMean([1, 2, 3, 6, 9])).toBeCloseTo(3.6, 12);
  });

  it('lies between the extremes', () => {
    fc.assert(
      fc.property(some, (values) => {
        expect(interquartileMean(values)).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(interquartileMean(values)).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
      }),
    );
  });
});

describe('the geometric mean', () => {
  it('halves what is doubled as often as halved', () => {
    expect(geometricMean([2, 0.5, 1])).toBeCloseTo(1, 12);
  });

  it('is never above the mean', () => {
    fc.assert(
      fc.property(some, (values) => {
        expect(geometricMean(values)).toBeLessThanOrEqual(mean(values) + 1e-9);
      }),
    );
  });
});

it('has no mean of nothing', () => {
  expect([mean([]), quantile([], 0.5), interquartileMean([]), geometricMean([])]).toEqual(
    Array(4).fill(Number.NaN),
  );
});

describe('the bootstrap interval', () => {
  const of = (strata: readonly (readonly number[])[], clustered = false) =>
    bootstrapInterval(strata, mean, { rng: random(1), resamples: 500, clustered });

  it('has no width where nothing varies within the strata', () => {
    // (1 + 1 + 3 + 3) / 4
    expect(
      of([
        [1, 1],
        [3, 3],
      ]),
    ).toEqual({ low: 2, high: 2 });
  });

  it('draws the strata where each has one value, or where it is asked to', () => {
    expect(of([[1], [3]])).toEqual({ low: 1, high: 3 });
    expect(
      of(
        [
          [1, 1],
          [3, 3],
        ],
        true,
      ),
    ).toEqual({ low: 1, high: 3 });
  });

  it('lies within the values and is the same for the same seed', () => {
    fc.assert(
      fc.property(some, (values) => {
        const { low, high } = of([values]);
        expect(of([values])).toEqual({ low, high });
        expect(low).toBeGreaterThanOrEqual(Math.min(...values) - 1e-9);
        expect(high).toBeLessThanOrEqual(Math.max(...values) + 1e-9);
      }),
      { numRuns: 10 },
    );
  });
});
