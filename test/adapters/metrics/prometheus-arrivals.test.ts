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

  it('are unknown in the step in which a series begins or ends, and go on without it', () => {
    const [begins, ends] = [series(undefined, undefined, 900, 901, 902), series(7, 8, 9)];
    expect(counted(series(0, 1, 2, 3, 4), begins)).toEqual([1, Number.NaN, 2, 2]);
    expect(counted(series(0, 1, 2, 3, 4), ends)).toEqual([2, 2, Number.NaN, 1]);
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
