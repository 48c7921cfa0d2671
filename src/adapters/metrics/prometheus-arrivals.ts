import type { Calls } from '#core/calls';
import type { Arrivals, Sample, Target } from '#core/model';
import { noting } from './noting.ts';
import type { PrometheusApi, Range } from './prometheus-api.ts';
import { fillTemplate, selectorsOf } from './promql.ts';

export const farthestBackSeconds = 900;

export type Grid = { readonly startsAt: number; readonly stepSeconds: number; readonly steps: number };

/** Values of one series at the grid's points; NaN where it has none. */
export const onGrid = (series: Range, { startsAt, stepSeconds, steps }: Grid): Float64Array => {
  const values = new Float64Array(steps + 1).fill(Number.NaN);
  for (const [at, text] of series.values ?? []) {
    const i = Math.round((at - startsAt) / stepSeconds);
    if (i >= 0 && i <= steps) values[i] = Number(text);
  }
  return values;
};

/** Increases of the series that cover a step, and what the others show of it. */
const increase = (all: readonly Float64Array[], step: number): number => {
  let [whole, sum, busiest, ended] = [0, 0, 0, 0];
  for (const values of all) {
    const [a, b] = [values[step]!, values[step + 1]!];
    if (Number.isNaN(a) || Number.isNaN(b)) {
      if (!Number.isNaN(a)) ended++;
      continue;
    }
    // Of a sum it is not known what a replica that went has taken along.
    if (!(b >= a && Number.isFinite(b))) return Number.NaN;
    whole++;
    sum += b - a;
    busiest = Math.max(busiest, b - a);
  }
  if (whole === 0) return Number.NaN;
  const atMean = sum / whole;
  for (const values of all) if (Number.isNaN(values[step]!)) sum += Math.min(values[step + 1] || 0, busiest);
  return sum + (ended * atMean) / 2;
};

/**
 * Differences of a counter from point to point, summed over its series. Where some cover a step, one that begins in it
 * is taken to have counted from zero, but not more than the busiest of those (it may be old, and only found now); one
 * that ends in it counts as half of their mean: replicas come and go, and demand is known all the same. NaN: a step that
 * no series covers, in which one was reset, or for which no new sample came, for that is not known to be zero.
 * `newest`: when the newest sample at each point was taken; a step must hold about one step's time of them.
 */
export const differences = (
  counters: readonly Range[],
  newest: Range | undefined,
  grid: Grid,
): Float64Array => {
  const all = counters.map((series) => onGrid(series, grid));
  const sampledAt = newest && onGrid(newest, grid);
  return Float64Array.from({ length: grid.steps }, (_, i) => {
    const covered = sampledAt === undefined ? grid.stepSeconds : sampledAt[i + 1]! - sampledAt[i]!;
    const isCovered = covered > 0 && covered <= 1.5 * grid.stepSeconds;
    return isCovered ? increase(all, i) : Number.NaN;
  });
};

/** Arrivals from `since` to now on whole steps, at most 15 minutes back; a sample says why where there are none. */
export const readArrivals = async (
  given: {
    readonly api: PrometheusApi;
    readonly query: string;
    readonly stepSeconds: number;
    readonly settleSeconds: number;
    readonly target: Target;
    readonly atSeconds: number;
    readonly since: number | undefined;
  },
  abort?: AbortSignal,
  calls?: Calls,
): Promise<{ readonly arrivals?: Arrivals; readonly missing?: Sample }> => {
  const { api, stepSeconds, target, atSeconds } = given;
  const end = Math.floor((atSeconds - given.settleSeconds) / stepSeconds) * stepSeconds;
  const earliest = Math.max(given.since ?? 0, end - farthestBackSeconds);
  const startsAt = Math.ceil(earliest / stepSeconds) * stepSeconds;
  const grid = { startsAt, stepSeconds, steps: Math.round((end - startsAt) / stepSeconds) };
  if (grid.steps <= 0) return {};

  const query = fillTemplate(given.query, target);
  const stamps = selectorsOf(query).map((s) => `max(timestamp(${s}))`);
  const range = (promql: string, part: string) =>
    api.queryRange(promql, startsAt, end, stepSeconds, abort, noting(calls, `arrivals/${part}`));
  const [counters, newest] = await Promise.all([
    range(query, 'value'),
    // One counter has one selector; of several the first that has a sample at that point.
    stamps.length === 0 ? undefined : range(stamps.join(' or '), 'freshness'),
  ]);
  const missing = (state: 'empty' | 'error', detail: string) => ({
    missing: {
      metric: 'arrivals',
      value: undefined,
      state,
      ageSeconds: 0,
      source: 'prometheus',
      query,
      detail,
    },
  });
  if (counters.type === 'failed') return missing('error', counters.detail);
  if (newest?.type === 'failed') return missing('error', `their age is unknown: ${newest.detail}`);
  if (counters.type !== 'matrix' || (newest !== undefined && newest.type !== 'matrix'))
    return missing('error', `the query gives a ${counters.type} over a range`);
  if (counters.result.length === 0) return missing('empty', 'no series matches the query');
  return {
    arrivals: { startsAt, stepSeconds, counts: differences(counters.result, newest?.result[0], grid) },
  };
};
