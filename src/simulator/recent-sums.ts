/** How far back sums are known, half an hour: a power of two. */
const keptSeconds = 2048;

/** Where the sum over all seconds before this one stands. */
export const slotOf = (second: number): number => second & (keptSeconds - 1);

/** Sums over all seconds before each of the last ones: what was the sum over [a, b) is a subtraction. */
export const recentSums = (): Float64Array => new Float64Array(keptSeconds);

/** Whether the sum over all before `second` is still known at `now`. */
export const isKnown = (second: number, now: number): boolean => second > now - keptSeconds;

/** Over [from, to), as of `now`; of seconds that are forgotten, the oldest that is known. */
export const sumOver = (sums: Float64Array, from: number, to: number, now: number): number => {
  const oldest = now - keptSeconds + 1;
  return sums[slotOf(Math.max(to, oldest))]! - sums[slotOf(Math.max(from, oldest))]!;
};
