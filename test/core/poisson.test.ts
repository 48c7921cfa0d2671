import { describe, expect, it } from 'vitest';
import { poisson } from '#core/poisson';
import { random } from '#core/random';

const draws = (mean: number, count: number, seed = 1): readonly number[] => {
  const rng = random(seed);
  return Array.from({ length: count }, () => poisson(mean, rng));
};

describe('Poisson counts', () => {
  // Inversion below 10, rejection from there on.
  it.each([0.5, 3, 9, 10, 11, 60, 1000])('of mean %d have that mean and that variance', (mean) => {
    const n = 100_000;
    const all = draws(mean, n);
    const average = all.reduce((a, b) => a + b, 0) / n;
    const variance = all.reduce((a, b) => a + (b - average) ** 2, 0) / n;
    // Five standard errors: sqrt(mean/n), and of the variance about mean·sqrt((2 + 1/mean)/n).
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / n));
    expect(Math.abs(variance - mean)).toBeLessThan(5 * mean * Math.sqrt((2 + 1 / mean) / n));
    expect(all.every((k) => Number.isInteger(k) && k >= 0)).toBe(true);
  });

  it.each([3, 9.99, 10, 12])('of mean %d fall on each number as often as the law says', (mean) => {
    const n = 100_000;
    const seen = new Map<number, number>();
    for (const k of draws(mean, n, 2)) seen.set(k, (seen.get(k) ?? 0) + 1);
    let probability = Math.exp(-mean);
    for (let k = 0; k < 2 * mean; probability *= mean / ++k) {
      const error = Math.sqrt((probability * (1 - probability)) / n);
      expect(Math.abs((seen.get(k) ?? 0) / n - probability)).toBeLessThan(5 * error + 1e-9);
    }
  });

  it('of no demand are none', () => {
    expect([poisson(0, random(1)), poisson(-3, random(1))]).toEqual([0, 0]);
  });
});
