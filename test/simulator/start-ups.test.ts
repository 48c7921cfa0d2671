import { describe, expect, it } from 'vitest';
import { startUps } from '#simulator/start-ups';

const draws = 20_000;
const drawn = (mean: number, variation?: number, seed = 1): readonly number[] => {
  const next = startUps(mean, variation, seed);
  return Array.from({ length: draws }, next);
};
const meanOf = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;

describe('start-up times', () => {
  it.each([undefined, 0])('that vary by %s are all the mean, in whole seconds', (variation) => {
    expect(new Set(drawn(44.2, variation))).toEqual(new Set([45]));
  });

  it.each([
    [45, 0.5],
    [15, 0.5],
    [180, 1],
  ])('of mean %i keep it when they vary by %f', (mean, variation) => {
    const times = drawn(mean, variation);
    const deviation = Math.sqrt(meanOf(times.map((x) => (x - mean) ** 2)));
    // Four standard errors of a mean: 4 · variation · mean / sqrt(20000)
    expect(Math.abs(meanOf(times) - mean)).toBeLessThan((4 * variation * mean) / Math.sqrt(draws));
    expect(deviation / mean).toBeCloseTo(variation, 1);
    expect(times.every((x) => Number.isInteger(x) && x >= 0)).toBe(true);
  });

  it('are none where nothing has to start', () => {
    expect(new Set(drawn(0, 0.5))).toEqual(new Set([0]));
  });

  it('are the same for the same seed, others for another', () => {
    expect(drawn(45, 0.5)).toEqual(drawn(45, 0.5));
    expect(drawn(45, 0.5)).not.toEqual(drawn(45, 0.5, 2));
  });
});
