import { describe, expect, it } from 'vitest';
import { arrivalsOf, type Drawing } from '#simulator/arrivals';
import type { Load } from '#simulator/load';

const load = (stepSeconds: number, ...rps: number[]): Load => ({
  name: 'shop',
  stepSeconds,
  rps: Float64Array.from(rps),
});

/** What is expected in a second: the mean of many draws. */
const expected = (of: Load, draw: Drawing, draws = 400): readonly number[] => {
  const sums = new Float64Array(of.rps.length * of.stepSeconds);
  for (let seed = 0; seed < draws; seed++)
    arrivalsOf(of, { draw, seed }).forEach((d, t) => {
      sums[t]! += d / draws;
    });
  return [...sums];
};

const average = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

describe('arrivals', () => {
  it('of a load recorded each second are that load, whatever is drawn', () => {
    const each = load(1, 3, 0.5, 7, 0);
    for (const draw of ['lines', 'steps'] as const)
      expect(arrivalsOf(each, { draw, seed: 9 })).toEqual(each.rps);
  });

  it('drawn as steps are level within each step', () => {
    const means = expected(load(4, 10_000, 30_000), 'steps');
    means.forEach((mean, t) => void expect(mean / (t < 4 ? 10_000 : 30_000)).toBeCloseTo(1, 2));
  });

  it('drawn as lines run from the middle of a step to the middle of the next', () => {
    // Middles at 2 and 6: second 2 has its own middle at 2.5, one eighth of the way from 10000 to 30000.
    const shares = [1, 1, 1.25, 1.75, 2.25, 2.75, 3, 3];
    const means = expected(load(4, 10_000, 30_000), 'lines');
    means.forEach((mean, t) => void expect(mean / 10_000 / shares[t]!).toBeCloseTo(1, 2));
  });

  it('keep the mean of the load', () => {
    const day = load(60, ...Array.from({ length: 400 }, (_, i) => 300 + 200 * Math.sin(i / 9)));
    for (const draw of ['lines', 'steps'] as const)
      expect(average(arrivalsOf(day, { draw, seed: 1 })) / average(day.rps)).toBeCloseTo(1, 2);
  });

  it('have the variance of Poisson counts', () => {
    const counts = arrivalsOf(load(60, ...new Array<number>(500).fill(80)), { draw: 'steps', seed: 4 });
    const mean = average(counts);
    expect(mean).toBeCloseTo(80, 0);
    expect(average(counts.map((d) => (d - mean) ** 2)) / 80).toBeCloseTo(1, 1);
  });

  it('are whole, the same for the same seed and others for another', () => {
    const of = load(10, 5, 90, 20);
    const [one, same, other] = [1, 1, 2].map((seed) => arrivalsOf(of, { draw: 'lines', seed }));
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
    expect([...one!].every(Number.isInteger)).toBe(true);
  });

  it('are scaled so that the 95th percentile of minutes is what was asked', () => {
    // A hundred minutes at 1, 2, … 100 per second: the 95th percentile is that of minute 96 (index 95).
    const minutes = load(1, ...Array.from({ length: 6000 }, (_, t) => 1 + Math.floor(t / 60)));
    const scaled = arrivalsOf(minutes, { draw: 'steps', seed: 1, p95PerSecond: 1500 });
    expect(scaled[95 * 60]).toBeCloseTo(1500, 9);
    expect(scaled[0]).toBeCloseTo(1500 / 96, 9);
  });

  it('of a silent load stay silent when they are scaled', () => {
    expect([...arrivalsOf(load(60, 0, 0), { draw: 'lines', seed: 1, p95PerSecond: 100 })]).toEqual(
      new Array(120).fill(0),
    );
  });
});
