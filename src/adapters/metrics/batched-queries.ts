import type { Call, Calls } from '#core/calls';
import { type Sample, type Target, targetKey } from '#core/model';
import { type ByWorkload, byWorkload, labelNames, type WorkloadLabels, wantedLabels } from './by-workload.ts';
import { keptAnswer } from './kept-answer.ts';
import { collecting, noteShared, noting, sharers } from './noting.ts';
import type { Answer, Instant, PrometheusApi } from './prometheus-api.ts';
import { labelsText } from './prometheus-pages.ts';
import { agedSample, type NumberOrNone, numberIn } from './prometheus-sample.ts';
import { freshnessOf } from './promql.ts';
import { whileRead } from './while-read.ts';

/** A Prometheus by the name under which the operator knows it. */
export type Apis = (server: string) => PrometheusApi | undefined;

export type BatchedSignal = {
  readonly metric: string;
  readonly server: string;
  /** Gives one series for each workload: `sum by (namespace, deployment) (rate(http_requests_total[1m]))`. */
  readonly query: string;
  readonly labels: WorkloadLabels;
  /** Unix time of the newest sample, by the same labels; absent: derived from the query's own series. */
  readonly freshness?: string | undefined;
  readonly staleAfterSeconds: number;
};

type Answers = Answer | ByWorkload<Instant>;
type Pair = {
  readonly values: Answers;
  readonly stamps: Answers | undefined;
  /** Made for it; absent: nobody wanted to know. */
  readonly calls?: readonly Call[] | undefined;
};

const indexed = (answer: Answer, labels: WorkloadLabels): Answers =>
  answer.type === 'vector' ? byWorkload(answer.result, labels) : answer;

const isFailed = (answers: Answers | undefined): boolean =>
  answers !== undefined && 'type' in answers && answers.type === 'failed';

const firstTwo = (series: readonly Instant[]): string =>
  series
    .slice(0, 2)
    .map(({ metric }) => labelsText(metric))
    .join(' and ');

const grouping = (labels: WorkloadLabels): string => `sum by (${labelNames(labels).join(', ')}) (…)`;

const valueFor = (values: Answers, { labels }: BatchedSignal, target: Target): NumberOrNone => {
  if ('type' in values) return numberIn(values);
  if (values.namesNone)
    return {
      state: 'error',
      detail: `no series has the labels ${labelNames(labels).join(' and ')}: keep them with ${grouping(labels)}`,
    };
  const found = values.of(target);
  if (found.length === 0) return { state: 'empty', detail: `no series has ${wantedLabels(labels, target)}` };
  if (found.length > 1)
    return {
      state: 'error',
      detail: `the query gives ${found.length} series for this target, ${firstTwo(found)}: aggregate them, for example with ${grouping(labels)}`,
    };
  return numberIn({ type: 'vector', result: found });
};

/** Series without one of the labels stand for this target among others: they can only make it older. */
const stampFor = (stamps: Answers, { labels }: BatchedSignal, target: Target): NumberOrNone => {
  if ('type' in stamps) return numberIn(stamps);
  if (stamps.namesNone)
    return {
      state: 'error',
      detail: `the series that the query reads have no labels ${labelNames(labels).join(' and ')}: give freshness`,
    };
  const found = stamps.of(target);
  if (found.length > 1)
    return {
      state: 'error',
      detail: `freshness gives ${firstTwo(found)} for this target: aggregate with max by (…)`,
    };
  let oldest = numberIn({ type: 'vector', result: found });
  if ('state' in oldest) return oldest;
  for (const wide of stamps.wider(target)) {
    const stamp = numberIn({ type: 'vector', result: [wide] });
    if ('value' in stamp && stamp.value < oldest.value) oldest = stamp;
  }
  return oldest;
};

/**
 * Signals of many workloads for the price of one: who reads the same query of the same server shares its answer until it
 * is `maxAgeSeconds` old. A failed one is shared for a second or so.
 */
export const batchedQueries = (given: {
  readonly apis: Apis;
  /** By so much the age of a metric may grow. */
  readonly maxAgeSeconds: number;
  readonly retryAfterSeconds?: number;
}) => {
  const { apis, maxAgeSeconds, retryAfterSeconds = 1 } = given;
  const kept = whileRead<ReturnType<typeof asker>>();

  const asker = ({ server, query, labels, freshness }: BatchedSignal) => {
    const stampQuery = freshness ?? freshnessOf(query, labelNames(labels));
    const readers = sharers();
    const answer = keptAnswer<Pair, Calls>({
      ask: async (atSeconds, by) => {
        readers.renewed();
        const api = apis(server);
        if (api === undefined)
          return {
            values: { type: 'failed', detail: `no Prometheus is called "${server}": see the settings` },
            stamps: undefined,
          };
        const heard = by && collecting(by.now);
        const [values, stamps] = await Promise.all([
          api.query(query, atSeconds, undefined, noting(heard?.calls, 'value')),
          stampQuery === undefined
            ? undefined
            : api.query(stampQuery, atSeconds, undefined, noting(heard?.calls, 'freshness')),
        ]);
        return {
          values: indexed(values, labels),
          stamps: stamps && indexed(stamps, labels),
          calls: heard?.made,
        };
      },
      keepsSeconds: ({ values, stamps }) =>
        isFailed(values) || isFailed(stamps) ? Math.min(retryAfterSeconds, maxAgeSeconds) : maxAgeSeconds,
    });
    return { answer, readers };
  };

  return {
    read: async (
      signal: BatchedSignal,
      target: Target,
      atSeconds: number,
      abort?: AbortSignal,
      calls?: Calls,
    ): Promise<Sample> => {
      const { server, query, labels, freshness } = signal;
      const key = [server, query, labels.namespace, labels.name, freshness].join('\n');
      const ask = kept(key, atSeconds, () => asker(signal));
      const { atSeconds: askedAt, answer } = await ask.answer(atSeconds, abort, calls);
      noteShared(noting(calls, signal.metric), answer.calls, ask.readers.read(targetKey(target)));
      const { values, stamps } = answer;
      return agedSample(
        { metric: signal.metric, source: 'prometheus', query },
        valueFor(values, signal, target),
        // What is made from no series was made when it was asked for.
        stamps === undefined ? { value: askedAt } : stampFor(stamps, signal, target),
        { atSeconds, staleAfterSeconds: signal.staleAfterSeconds },
      );
    },
  };
};

export type BatchedQueries = ReturnType<typeof batchedQueries>;
