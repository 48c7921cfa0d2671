import type { Call, Calls } from '#core/calls';
import { type Arrivals, type Target, targetKey } from '#core/model';
import { orAborted } from '#core/or-aborted';
import type { Apis } from './batched-queries.ts';
import { labelNames, seriesKeyOf, targetKeyOf, type WorkloadLabels, wantedLabels } from './by-workload.ts';
import { countedSteps } from './counted-steps.ts';
import { collecting, noteShared, noting, sharers } from './noting.ts';
import type { Answer, Range } from './prometheus-api.ts';
import { differences, farthestBackSeconds } from './prometheus-arrivals.ts';
import { selectorsOf } from './promql.ts';

export type BatchedArrivals = {
  readonly server: string;
  /** A counter by workload, no rate: `sum by (namespace, deployment) (http_requests_total)`. */
  readonly query: string;
  readonly labels: WorkloadLabels;
  /** Unix time of the newest sample, by the same labels; absent: derived from the query's own series. */
  readonly freshness?: string | undefined;
  /** Not finer than the scrape interval. */
  readonly stepSeconds: number;
  /** A scrape is stored when it ends but dated at its start; what is younger than this may still change. */
  readonly settleSeconds: number;
};

export type Missing = { readonly state: 'empty' | 'error'; readonly detail: string };
export type Steps = { readonly first: number; readonly last: number };

/** An answer of 10,000 series stays below some 20 MB. */
const mostStepsAtOnce = 60;

const stampsOf = ({ query, labels, freshness }: BatchedArrivals): string | undefined => {
  const by = labelNames(labels).join(', ');
  const stamps = selectorsOf(query).map((selector) => `max by (${by}) (timestamp(${selector}))`);
  // One counter has one selector; of several the first that has a sample at that point.
  return freshness ?? (stamps.length === 0 ? undefined : stamps.join(' or '));
};

const grouped = (series: readonly Range[], labels: WorkloadLabels): ReadonlyMap<string, readonly Range[]> =>
  Map.groupBy(
    series.filter(({ metric }) => labelNames(labels).every((name) => metric[name] !== undefined)),
    ({ metric }) => seriesKeyOf(labels, metric),
  );

const failure = (answer: Answer | undefined): string | undefined =>
  answer === undefined || answer.type === 'matrix'
    ? undefined
    : answer.type === 'failed'
      ? answer.detail
      : `the query gives a ${answer.type} over a range`;

/** The counters of one query, of all workloads, as far as they were read. */
export const counterHistory = (
  given: BatchedArrivals,
  {
    apis,
    maxAgeSeconds,
    retryAfterSeconds,
  }: { readonly apis: Apis; readonly maxAgeSeconds: number; readonly retryAfterSeconds: number },
) => {
  const { server, query, labels, stepSeconds } = given;
  const keptSteps = Math.ceil(farthestBackSeconds / stepSeconds);
  const known = countedSteps(keptSteps);
  const stampQuery = stampsOf(given);
  let extendedAt = Number.NEGATIVE_INFINITY;
  let failed: { readonly atSeconds: number; readonly missing: Missing } | undefined;
  let asked: Promise<Missing | undefined> | undefined;
  /** Of the newest fetch. */
  let made: readonly Call[] | undefined;
  const readers = sharers();

  const note = (counters: readonly Range[], stamps: readonly Range[] | undefined, { first, last }: Steps) => {
    const byKey = grouped(counters, labels);
    const stampsByKey = stamps && grouped(stamps, labels);
    const grid = { startsAt: first * stepSeconds, stepSeconds, steps: last - first };
    if (counters.length > 0 && byKey.size === 0)
      return `no series has the labels ${labelNames(labels).join(' and ')}: keep them with sum by (…)`;
    if (byKey.size > 0 && stampsByKey?.size === 0)
      return `their age is unknown: the series that the query reads have no labels ${labelNames(labels).join(' and ')}: give freshness`;
    known.widen(first, last);
    for (const [key, series] of byKey) {
      const newest = stampsByKey && (stampsByKey.get(key)?.[0] ?? { metric: {} });
      const seenAt = Math.max(...series.map(({ values }) => values?.at(-1)?.[0] ?? 0));
      known.note(key, first, differences(series, newest, grid), Math.round(seenAt / stepSeconds));
    }
    return undefined;
  };

  /** Asks for these steps of all workloads, a page at a time; the fault if there was one. */
  const fetch = async ({ first, last }: Steps, calls: Calls | undefined): Promise<string | undefined> => {
    const api = apis(server);
    if (api === undefined) return `no Prometheus is called "${server}": see the settings`;
    const page = (promql: string, part: string, from: number, to: number) =>
      api.queryRange(
        promql,
        from * stepSeconds,
        to * stepSeconds,
        stepSeconds,
        undefined,
        noting(calls, part),
      );
    const pages = Math.ceil((last - first) / mostStepsAtOnce);
    // Pages touch what is known: forth from its end, or back from its beginning.
    const back = last <= known.from();
    for (let i = 0; i < pages; i++) {
      const from = back ? Math.max(first, last - (i + 1) * mostStepsAtOnce) : first + i * mostStepsAtOnce;
      const to = back ? last - i * mostStepsAtOnce : Math.min(last, from + mostStepsAtOnce);
      const [counters, stamps] = await Promise.all([
        page(query, 'value', from, to),
        stampQuery === undefined ? undefined : page(stampQuery, 'freshness', from, to),
      ]);
      const age = failure(stamps);
      const fault = failure(counters) ?? (age && `their age is unknown: ${age}`);
      if (fault !== undefined || counters.type !== 'matrix') return fault;
      const unnamed = note(counters.result, stamps?.type === 'matrix' ? stamps.result : undefined, {
        first: from,
        last: to,
      });
      if (unnamed !== undefined) return unnamed;
    }
    return undefined;
  };

  /** The steps to ask for, so that `wanted` is known; undefined: it is, or was asked for lately. */
  const lacking = (wanted: Steps, atSeconds: number): Steps | undefined => {
    const nothing = known.until() === known.from();
    if (nothing || wanted.last < known.from() || wanted.last - known.until() > keptSteps) {
      known.restart(wanted.first);
      return wanted;
    }
    if (wanted.last > known.until() && Math.abs(atSeconds - extendedAt) >= maxAgeSeconds)
      return { first: known.until(), last: wanted.last };
    const oldest = Math.max(wanted.first, known.until() - keptSteps);
    return oldest < known.from() ? { first: oldest, last: known.from() } : undefined;
  };

  const ask = async (
    steps: Steps,
    atSeconds: number,
    by: Calls | undefined,
  ): Promise<Missing | undefined> => {
    const heard = by && collecting(by.now);
    try {
      const knew = known.until();
      const fault = await fetch(steps, heard?.calls);
      if (known.until() > knew) extendedAt = atSeconds;
      failed = fault === undefined ? undefined : { atSeconds, missing: { state: 'error', detail: fault } };
      return failed?.missing;
    } finally {
      asked = undefined;
      made = heard?.made;
      readers.renewed();
    }
  };

  const read = async (
    target: Target,
    wanted: Steps,
    atSeconds: number,
    abort: AbortSignal | undefined,
    calls: Calls | undefined,
  ): Promise<Arrivals | Missing | undefined> => {
    // What is asked for now may not be all that this one lacks.
    for (let round = 0; round < 3; round++) {
      abort?.throwIfAborted();
      if (failed !== undefined && Math.abs(atSeconds - failed.atSeconds) < retryAfterSeconds)
        return failed.missing;
      const steps = asked === undefined ? lacking(wanted, atSeconds) : undefined;
      if (steps !== undefined) asked = ask(steps, atSeconds, calls);
      if (asked === undefined) break;
      const missing = await orAborted(asked, abort);
      if (missing !== undefined) return missing;
    }
    const last = Math.min(wanted.last, known.until());
    if (last <= wanted.first) return undefined;
    const counts = known.counts(targetKeyOf(labels, target), wanted.first, last);
    return counts === undefined
      ? { state: 'empty', detail: `no series has ${wantedLabels(labels, target)}` }
      : { startsAt: wanted.first * stepSeconds, stepSeconds, counts };
  };

  return async (
    target: Target,
    wanted: Steps,
    atSeconds: number,
    abort: AbortSignal | undefined,
    calls?: Calls,
  ): Promise<Arrivals | Missing | undefined> => {
    const found = await read(target, wanted, atSeconds, abort, calls);
    noteShared(noting(calls, 'arrivals'), made, readers.read(targetKey(target)));
    return found;
  };
};
