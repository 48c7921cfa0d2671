import type { Arrivals, Sample, Target } from '#core/model';
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

/**
 * Differences of a counter from point to point, summed over its series. NaN: a step in which a series began, ended or
 * was reset, or for which no new sample came, for that is not known to be zero. `newest`: when the newest sample at each
 * point was taken; a step must hold about one step's time of them.
 */
export const differences = (
  counters: readonly Range[],
  newest: Range | undefined,
  grid: Grid,
): Float64Array => {
  const counts = new Float64Array(grid.steps);
  const all = counters.map((series) => onGrid(series, grid));
  const sampledAt = newest && onGrid(newest, grid);
  for (let i = 0; i < grid.steps; i++) {
    const covered = sampledAt === undefined ? grid.stepSeconds : sampledAt[i + 1]! - sampledAt[i]!;
    const isCovered = covered > 0 && covered <= 1.5 * grid.stepSeconds;
    if (!isCovered || all.every((values) => Number.isNaN(values[i]!))) counts[i] = Number.NaN;
    for (const values of all) {
      const [a, b] = [values[i]!, values[i + 1]!];
      if (Number.isNaN(a) && Number.isNaN(b)) continue;
      counts[i]! += b >= a && Number.isFinite(b) ? b - a : Number.NaN;
    }
  }
  return counts;
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
): Promise<{ readonly arrivals?: Arrivals; readonly missing?: Sample }> => {
  const { api, stepSeconds, target, atSeconds } = given;
  const end = Math.floor((atSeconds - given.settleSeconds) / stepSeconds) * stepSeconds;
  const earliest = Math.max(given.since ?? 0, end - farthestBackSeconds);
  const startsAt = Math.ceil(earliest / stepSeconds) * stepSeconds;
  const grid = { startsAt, stepSeconds, steps: Math.round((end - startsAt) / stepSeconds) };
  if (grid.steps <= 0) return {};

  const query = fillTemplate(given.query, target);
  const stamps = selectorsOf(query).map((s) => `max(timestamp(${s}))`);
  const range = (promql: string) => api.queryRange(promql, startsAt, end, stepSeconds, abort);
  const [counters, newest] = await Promise.all([
    range(query),
    // One counter has one selector; of several the first that has a sample at that point.
    stamps.length === 0 ? undefined : range(stamps.join(' or ')),
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
