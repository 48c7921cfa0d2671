import type { Spec } from '#core/model';
import { leastIdle } from '#policies/shadow-q/served/late-block';
import { type LateWatchState, lateWatch } from '#policies/shadow-q/served/late-watch';

/** What one block of time said of the tail, by the capacity: at so much idleness, from so many late requests. */
export type Finding = { readonly sharpness: number; readonly idle: number; readonly weight: number };

export type LatenessState = {
  readonly running: LateWatchState;
  readonly reviews: number;
  readonly findings: readonly Finding[];
};

const bluntest = 1 / 8;
/** Where lateness falls off more sharply a fleet may be run near its limit, where what no model knows decides. */
const sharpest = 4;
/** A block that has fewer late requests, seen or expected, goes on into the next; not for ever. */
const leastLate = 20;
const mostReviews = 24;
const mostWeight = 50;
/** What the usual law weighs: two blocks and a half. */
const usualWeight = 125;
const keptFindings = 24;

/** The value up to which half of the weight lies. */
const weightedMedian = (values: readonly (readonly [value: number, weight: number])[]): number => {
  const sorted = values.toSorted(([a], [b]) => a - b);
  let left = sorted.reduce((sum, [, weight]) => sum + weight, 0) / 2;
  for (const [value, weight] of sorted) {
    left -= weight;
    if (left <= 0) return value;
  }
  return sorted.at(-1)![0];
};

/**
 * How sharply lateness falls off with idleness, by what the usual law says: in each block of time the number that
 * explains all of its late requests, and of the blocks the weighted median, the usual law among them. So neither a few
 * late requests nor an outage of some minutes moves it. A block in which nobody was late says nothing: a histogram
 * without the bucket in question looks the same.
 */
export const latenessMeter = (spec: Spec, start?: LatenessState) => {
  const { see, surprise, block, state } = lateWatch(spec, start?.running);
  let reviews = start?.reviews ?? 0;
  let findings = start?.findings ?? [];

  const clear = (): void => {
    block.clear();
    reviews = 0;
  };

  return {
    see,
    surprise,
    endBlock: (capacity: number, sharpness: number): void => {
      reviews++;
      const weight = Math.max(block.late(), block.expected(capacity * sharpness));
      if (weight >= leastLate && block.late() > 0) {
        const found = block.sharpness(capacity, bluntest, sharpest);
        const idle = block.idleOfLate(capacity * found);
        const finding = { sharpness: found, idle, weight: Math.min(mostWeight, weight) };
        findings = [...findings, finding].slice(-keptFindings);
        clear();
      } else if (reviews >= mostReviews) clear();
    },

    /** All was read with another capacity: as many late requests at another idleness. */
    rescale: (from: number, to: number): void => {
      findings = findings.map(({ sharpness, idle, weight }) => {
        const other = Math.max(leastIdle, 1 - ((1 - idle) * from) / to);
        const found = (sharpness * from * idle) / (to * other);
        return { sharpness: Math.max(bluntest, Math.min(sharpest, found)), idle: other, weight };
      });
      clear();
    },

    /** By the capacity: 1 is the usual law. */
    estimate: (): number =>
      weightedMedian([[1, usualWeight], ...findings.map((f) => [f.sharpness, f.weight] as const)]),

    state: (): LatenessState => ({ running: state(), reviews, findings }),
  };
};
