import type { Recording } from '#core/recording';
import { PortError } from '#ports';
import type { PrometheusApi, Range } from './prometheus-api.ts';
import { differences, onGrid } from './prometheus-arrivals.ts';
import { labelsText, pagedRange, type Span } from './prometheus-pages.ts';
import { freshnessOf, selectorsOf } from './promql.ts';

export type HistoryReading = {
  readonly api: PrometheusApi;
  /** Requests per second as one series; or, with `counter`, requests since a start, as any number of series. */
  readonly query: string;
  readonly counter: boolean;
  readonly span: Span;
  /** Restarts inside rate() are not asked for: over a long time that is a heavy question. */
  readonly ignoresResets?: true;
  readonly onPage?: ((readUntil: number) => void) | undefined;
};

export type ReadHistory = Recording & {
  /** Steps whose value is NaN or infinite. */
  readonly notNumbers: number;
  /** Restarts of the counters below the query; undefined: not asked, or Prometheus did not say. */
  readonly resets: number | undefined;
};

const mostNamed = 3;

/** The only series, or why there is none. */
export const onlySeries = (place: string, query: string, series: readonly Range[]): Range => {
  const [only] = series;
  if (only === undefined)
    throw new PortError(place, `${query} has no data in this time: check the query, or give another --since`);
  if (series.length === 1) return only;
  const named = series.slice(0, mostNamed).map(({ metric }) => labelsText(metric));
  const more = series.length > mostNamed ? ', …' : '';
  throw new PortError(
    place,
    `${query} gives ${series.length} series (${named.join(', ')}${more}): one is needed, wrap it in sum(…)`,
  );
};

/** Rates as numbers; infinite ones are none. */
const finite = (values: Float64Array): Float64Array =>
  values.map((value) => (Number.isFinite(value) ? value : Number.NaN));

/** What is a counter by its name, and was not put into a function that makes a rate of it. */
const looksLikeCounter = (query: string): boolean =>
  !/\b(rate|irate|increase|delta|idelta|deriv)\s*\(/.test(query) &&
  selectorsOf(query).some((selector) => /^\w+_(total|count|bucket)\b/.test(selector));

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/**
 * Where no new sample came for long: there rate() and the look-back of 5 minutes go on with old ones. A sample is half
 * a scrape interval old in the median, so the bound is two steps and two scrapes.
 */
const isOld = (sampledAt: Float64Array, { from, stepSeconds }: Span): ((i: number) => boolean) => {
  const ages = Array.from(sampledAt, (at, i) => from + i * stepSeconds - at);
  const bound = 2 * stepSeconds + 4 * median(ages.filter((age) => !Number.isNaN(age)));
  return (i) => !(ages[i]! <= bound);
};

const counted = async (reading: HistoryReading, signal?: AbortSignal): Promise<ReadHistory> => {
  const { api, query, span, onPage } = reading;
  const { from, until, stepSeconds } = span;
  const steps = Math.round((until - from) / stepSeconds);
  const stamps = selectorsOf(query).map((selector) => `max(timestamp(${selector}))`);
  const counters = await pagedRange({ api, query, span, onPage }, signal);
  if (counters.length === 0) onlySeries('prometheus', query, counters);
  const newest =
    stamps.length === 0 ? undefined : await pagedRange({ api, query: stamps.join(' or '), span }, signal);
  const grid = { startsAt: from, stepSeconds, steps };
  const counts = differences(counters, newest?.[0], grid);
  let resets = 0;
  for (const series of counters) {
    const values = onGrid(series, grid);
    for (let i = 0; i < steps; i++) if (values[i + 1]! < values[i]!) resets++;
  }
  return {
    startsAt: from,
    stepSeconds,
    rps: counts.map((count) => count / stepSeconds),
    notNumbers: 0,
    resets,
  };
};

/** How often the counters inside rate() restarted. */
const resetsOf = async (
  { api, query, span }: HistoryReading,
  signal?: AbortSignal,
): Promise<number | undefined> => {
  const counters = selectorsOf(query).filter((selector) => /^\w+_(total|count|bucket)\b/.test(selector));
  let resets = 0;
  for (const selector of counters) {
    const [plain, offset = ''] = selector.split(/(?= offset )/);
    const over = `[${span.until - span.from}s]`;
    const answer = await api.query(`sum(resets(${plain}${over}${offset}))`, span.until, signal);
    if (answer.type !== 'vector') return undefined;
    resets += Number(answer.result[0]?.value?.[1] ?? 0);
  }
  return resets;
};

const rated = async (reading: HistoryReading, signal?: AbortSignal): Promise<ReadHistory> => {
  const { api, query, span, onPage } = reading;
  const { from, until, stepSeconds } = span;
  if (looksLikeCounter(query))
    throw new PortError(
      'prometheus',
      `${query} is a counter by its name, not a rate: wrap it in rate(…[1m]) and sum(…), or add --counter`,
    );
  const series = onlySeries('prometheus', query, await pagedRange({ api, query, span, onPage }, signal));
  const freshness = freshnessOf(query);
  const newest =
    freshness === undefined ? undefined : await pagedRange({ api, query: freshness, span }, signal);
  const grid = { startsAt: from, stepSeconds, steps: Math.round((until - from) / stepSeconds) };
  const values = onGrid(series, grid);
  const old = newest?.[0] === undefined ? () => false : isOld(onGrid(newest[0], grid), span);
  // The value at a point is the rate of the step before it.
  const rps = finite(values.map((value, i) => (old(i) ? Number.NaN : value))).subarray(1);
  const negative = rps.findIndex((rate) => rate < 0);
  if (negative >= 0)
    throw new PortError(
      'prometheus',
      `${query} is ${rps[negative]} at ${new Date((from + (negative + 1) * stepSeconds) * 1000).toISOString()}: requests per second must be 0 or more`,
    );
  return {
    startsAt: from,
    stepSeconds,
    rps,
    notNumbers: (series.values ?? []).filter(([, text]) => !Number.isFinite(Number(text))).length,
    resets: reading.ignoresResets ? undefined : await resetsOf(reading, signal),
  };
};

/** Demand as a Prometheus kept it, on whole steps. What goes wrong is a PortError; what is not there is NaN. */
export const readHistory = (reading: HistoryReading, signal?: AbortSignal): Promise<ReadHistory> =>
  reading.counter ? counted(reading, signal) : rated(reading, signal);
