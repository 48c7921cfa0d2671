import type { PolicySettings } from '#core/policy';
import { begin, type Course, costOf } from './course.ts';

/** How often a run is asked what it has cost so far. */
const strideSeconds = 3600;

/** What a run costs; undefined as soon as it is more than `most`. */
const costWithin = (course: Course, most: number): number | undefined => {
  const life = begin(course);
  let cost = 0;
  for (let at = 0; at < course.to && cost <= most; ) {
    at = Math.min(course.to, at + strideSeconds);
    life.until(at);
    cost = costOf(life.totals(), course.judge.latePrice);
  }
  return cost <= most ? cost : undefined;
};

/** The best knobs seldom lie at the edge of a grid. */
const middleFirst = (count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i).toSorted(
    (a, b) => Math.abs(a - count / 2) - Math.abs(b - count / 2) || a - b,
  );

/**
 * The cheapest settings over the whole course, of equal ones the first. Costs only ever grow, so whoever has cost more than
 * the best one can stop.
 */
export const tune = (course: Omit<Course, 'settings'>, grid: readonly PolicySettings[]): PolicySettings => {
  let [best, least] = [0, Number.POSITIVE_INFINITY];
  for (const place of middleFirst(grid.length)) {
    const cost = costWithin({ ...course, settings: grid[place]! }, least);
    if (cost === undefined || (cost === least && place > best)) continue;
    [best, least] = [place, cost];
  }
  return grid[best]!;
};
