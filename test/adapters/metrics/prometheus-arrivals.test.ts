import { describe, expect, it } from 'vitest';
import { differences } from '#adapters/metrics/prometheus-arrivals';

const grid = { startsAt: 100, stepSeconds: 10, steps: 4 };

/** Values at 100, 110, …; undefined: no sample there. */
const series = (...values: readonly (number | undefined)[]) => ({
  metric: {},
  values: values.flatMap((value, i) => (value === undefined ? [] : [[100 + 10 * i, String(value)] as const])),
});
const counted = (...counters: readonly ReturnType<typeof series>[]): number[] =>
  Array.from(differences(counters, undefined, grid));

describe('arrivals from a counter', () => {
  it('are the differences from point to point', () => {
    expect(counted(series(5, 15, 15, 40, 41))).toEqual([10, 0, 25, 1]);
  });

  it('are summed over series', () => {
    expect(counted(series(0, 1, 2, 3, 4), series(10, 20, 30, 40, 50))).toEqual([11, 11, 11, 11]);
  });

  it('are unknown in the step of a reset', () => {
    expect(counted(series(50, 60, 3, 13, 23))).toEqual([10, Number.NaN, 10, 10]);
  });

  it('hold what a series that begins has counted, up to what the busiest of the others has', () => {
    const [before, isNew] = [series(0, 10, 20, 30, 40), series(undefined, undefined, 4, 14, 24)];
    expect(counted(before, isNew)).toEqual([10, 14, 20, 20]);
    const old = series(undefined, undefined, 900, 910, 920);
    expect(counted(before, old)).toEqual([10, 20, 20, 20]);
  });

  it('hold half of what the others have counted for a series that ends', () => {
    expect(counted(series(0, 10, 20, 30, 40), series(0, 20, 40, 60, 80), series(7, 8, 9))).toEqual([
      31,
      31,
      30 + 15 / 2,
      30,
    ]);
  });

  it('are unknown in the step of a reset, of one series among several too', () => {
    expect(counted(series(0, 1, 2, 3, 4), series(50, 60, 3, 13, 23))).toEqual([11, Number.NaN, 11, 11]);
  });

  it('are unknown where no series covers the step', () => {
    expect(counted(series(0, 1, 2), series(undefined, undefined, undefined, 3, 4))).toEqual([
      1,
      1,
      Number.NaN,
      1,
    ]);
  });

  it('are unknown over a gap', () => {
    expect(counted(series(0, 1, undefined, 3, 4))).toEqual([1, Number.NaN, Number.NaN, 1]);
    expect(counted()).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  });

  it('are unknown where no new sample came, and where one sample covers several steps', () => {
    // Sampled at 99, 109, 109 (nothing new), 129 (20 s in one step), 139.
    const newest = series(99, 109, 109, 129, 139);
    expect(Array.from(differences([series(0, 10, 10, 30, 40)], newest, grid))).toEqual([
      10,
      Number.NaN,
      Number.NaN,
      10,
    ]);
  });
});
