import { describe, expect, it } from 'vitest';
import { random, seedOf } from '#core/random';

const first = (...words: number[]): readonly number[] => {
  const rng = random(...words);
  return Array.from({ length: 5 }, rng.next);
};

describe('seeded chance', () => {
  it('is the same for the same seed and another for each neighbour', () => {
    expect(first(1, 2)).toEqual(first(1, 2));
    const others = [first(1, 3), first(2, 2), first(2, 1), first(1), first(1, 2, 0), first(0), first(0, 0)];
    for (const other of others) expect(other).not.toEqual(first(1, 2));
  });

  it('is uniform in [0, 1), whole numbers in [0, n)', () => {
    const rng = random(5);
    const tenths = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) tenths[rng.integer(10)]!++;
    // Five standard errors of 10000: sqrt(10000·.9) = 95.
    for (const count of tenths) expect(Math.abs(count - 10_000)).toBeLessThan(475);
    const all = Array.from({ length: 10_000 }, rng.next);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThan(1);
  });

  it('is normal with mean 0 and variance 1', () => {
    const rng = random(6);
    const n = 100_000;
    const all = Array.from({ length: n }, rng.normal);
    const mean = all.reduce((a, b) => a + b, 0) / n;
    expect(Math.abs(mean)).toBeLessThan(5 / Math.sqrt(n));
    expect(Math.abs(all.reduce((a, b) => a + b * b, 0) / n - 1)).toBeLessThan(5 * Math.sqrt(2 / n));
    // 4.55 % lie outside of two deviations.
    expect(all.filter((x) => Math.abs(x) > 2).length / n).toBeCloseTo(0.0455, 2);
  });

  it('takes text as a seed by FNV-1a', () => {
    // The published vectors for "" and "a".
    expect([seedOf(''), seedOf('a')]).toEqual([0x811c9dc5, 0xe40c292c]);
  });
});
