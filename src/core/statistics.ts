import type { Rng } from '#core/random';

/** Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996), NaN for no values. */
export const quantile = (values: readonly number[], q: number): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * Math.min(1, Math.max(0, q));
  const below = Math.floor(at);
  const low = sorted[below];
  const high = sorted[Math.ceil(at)];
  return low === undefined || high === undefined ? Number.NaN : low + (at - below) * (high - low);
};

export const mean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((sum, x) => sum + x, 0) / values.length;

/**
 * Mean of the middle half (Agarwal et al. 2021, rliable): as robust as the median, yet every middle value counts. Values
 * that lie across a quartile count in part, so that it is continuous in the number of values.
 */
export const interquartileMean = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  const [from, to] = [n / 4, (3 * n) / 4];
  let sum = 0;
  for (const [i, x] of sorted.entries()) sum += x * Math.max(0, Math.min(i + 1, to) - Math.max(i, from));
  return n === 0 ? Number.NaN : sum / (to - from);
};

/** For ratios: the mean of logarithms; NaN when any value is not above 0. */
export const geometricMean = (values: readonly number[]): number =>
  values.every((x) => x > 0) ? Math.exp(mean(values.map(Math.log))) : Number.NaN;

export type Interval = { readonly low: number; readonly high: number };

const resampled = <T>(values: readonly T[], rng: Rng): readonly T[] =>
  values.map(() => values[rng.integer(values.length)]!);

/**
 * The middle 95 % of what a statistic is on values drawn again with replacement, each stratum from its own (Agarwal et al.
 * 2021, rliable). Strata of one value cannot vary: then the strata are drawn instead, as they are when `clustered` asks
 * what other strata would have said.
 */
export const bootstrapInterval = (
  strata: readonly (readonly number[])[],
  statistic: (values: readonly number[]) => number,
  { rng, resamples = 2000, clustered = false }: { rng: Rng; resamples?: number; clustered?: boolean },
): Interval => {
  const single = clustered || strata.every((values) => values.length === 1);
  const found = Array.from({ length: resamples }, () =>
    statistic((single ? resampled(strata, rng) : strata).flatMap((values) => resampled(values, rng))),
  );
  return { low: quantile(found, 0.025), high: quantile(found, 0.975) };
};
