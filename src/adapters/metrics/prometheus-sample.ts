import type { Calls } from '#core/calls';
import type { Sample, Target } from '#core/model';
import { noting } from './noting.ts';
import type { Answer, PrometheusApi } from './prometheus-api.ts';
import type { SignalQuery } from './prometheus-settings.ts';
import { fillTemplate, freshnessOf } from './promql.ts';

export type NumberOrNone =
  | { readonly value: number }
  | { readonly state: 'empty' | 'error'; readonly detail: string };

/** One finite number, or why there is none. */
export const numberIn = (answer: Answer): NumberOrNone => {
  if (answer.type === 'failed') return { state: 'error', detail: answer.detail };
  if (answer.type === 'matrix' || answer.type === 'string')
    return { state: 'error', detail: `the query gives a ${answer.type}, not a number: leave out the range` };
  if (answer.type === 'vector' && answer.result.length === 0)
    return { state: 'empty', detail: 'no series matches the query' };
  if (answer.type === 'vector' && answer.result.length > 1)
    return {
      state: 'error',
      detail: `the query gives ${answer.result.length} series where one number is needed: aggregate them, for example with sum()`,
    };
  const text = answer.type === 'vector' ? answer.result[0]?.value?.[1] : answer.result[1];
  if (text === undefined) return { state: 'error', detail: 'the query gives a histogram, not a number' };
  const value = Number(text);
  if (Number.isFinite(value)) return { value };
  const mend = 'where nothing may be divided by nothing, write a / (b > 0) or vector(0)';
  return { state: 'error', detail: `the value is ${text}: ${mend}` };
};

/** A series out of whose sight nothing has come for this long gives no timestamp any more (`--query.lookback-delta`). */
const lookBackSeconds = 300;

export const signalQueries = (given: SignalQuery) => (typeof given === 'string' ? { query: given } : given);

/** A sample of a number and of the time when the newest that it is made from was taken. Without an age there is no `ok`. */
export const agedSample = (
  common: Pick<Sample, 'metric' | 'source' | 'query'>,
  number: NumberOrNone,
  sampled: NumberOrNone,
  { atSeconds, staleAfterSeconds }: { readonly atSeconds: number; readonly staleAfterSeconds: number },
): Sample => {
  const none = (state: 'empty' | 'error', detail: string): Sample => ({
    ...common,
    state,
    detail,
    value: undefined,
    ageSeconds: 0,
  });
  if ('state' in number) return none(number.state, number.detail);
  if ('state' in sampled && sampled.state === 'error')
    return none('error', `its age is unknown: ${sampled.detail}`);
  if ('state' in sampled)
    return {
      ...common,
      value: number.value,
      state: 'stale',
      ageSeconds: lookBackSeconds,
      detail: `nothing new within Prometheus's look-back of ${lookBackSeconds} s or more`,
    };
  const ageSeconds = Math.max(0, atSeconds - sampled.value);
  if (ageSeconds <= staleAfterSeconds) return { ...common, value: number.value, state: 'ok', ageSeconds };
  return {
    ...common,
    value: number.value,
    state: 'stale',
    ageSeconds,
    detail: `the newest sample is ${ageSeconds.toFixed(1)} s old, more than ${staleAfterSeconds} s`,
  };
};

/** Asks for the number and for its age at once. */
export const readSample = async (
  given: {
    readonly api: PrometheusApi;
    readonly metric: string;
    readonly signal: SignalQuery;
    readonly target: Target;
    readonly atSeconds: number;
    readonly staleAfterSeconds: number;
  },
  abort?: AbortSignal,
  calls?: Calls,
): Promise<Sample> => {
  const { api, metric, target, atSeconds } = given;
  const templates = signalQueries(given.signal);
  const query = fillTemplate(templates.query, target);
  const freshness =
    'freshness' in templates && templates.freshness !== undefined
      ? fillTemplate(templates.freshness, target)
      : freshnessOf(query);

  const [answer, age] = await Promise.all([
    api.query(query, atSeconds, abort, noting(calls, `${metric}/value`)),
    freshness === undefined
      ? undefined
      : api.query(freshness, atSeconds, abort, noting(calls, `${metric}/freshness`)),
  ]);
  const sampled: NumberOrNone = age === undefined ? { value: atSeconds } : numberIn(age);
  return agedSample({ metric, source: 'prometheus', query }, numberIn(answer), sampled, given);
};
