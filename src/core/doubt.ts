import { cpuLine } from '#core/hpa-rule';
import type { Choice, Observation, Past, Sample, Spec } from '#core/model';

/**
 * What to do when the metrics cannot be trusted. Nothing new is ever concluded from a missing number: without demand
 * we hold, from the third cycle of that on the HPA rule may raise on what is left, and as long as any
 * sample is not `ok`, or the newest arrivals were not counted, nothing is lowered.
 */
export type Doubt = 'none' | 'partial' | 'stale' | 'missing';

export const missesBeforeFallback = 3;

/** Memory does not follow the load down, so its line stands where it hurts: at .62 an idle fleet would grow for ever. */
const memoryLine = 0.85;

/** A source that is late by twice its normal age no longer tells about now. */
export const staleAfterSeconds = (spec: Spec): number => Math.max(15, 2 * spec.metricAgeSeconds);

const isLate = ({ metric, state }: Sample): boolean => metric === 'requests' && state === 'stale';

export const doubt = (o: Observation, spec: Spec): Doubt => {
  if (o.demand === undefined) return o.samples.some(isLate) ? 'stale' : 'missing';
  if (!(o.demand >= 0 && o.demand < Number.POSITIVE_INFINITY)) return 'missing';
  // Where arrivals are counted, a newest count that is missing means that the last rise may not have been seen.
  const counts = o.arrivals?.counts;
  let partial = counts !== undefined && counts.length > 0 && Number.isNaN(counts[counts.length - 1]!);
  let newest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < o.samples.length; i++) {
    const sample = o.samples[i]!;
    if (sample.state !== 'ok' || Number.isNaN(sample.value)) partial = true;
    else if (sample.metric === 'requests' && sample.ageSeconds < newest) newest = sample.ageSeconds;
  }
  // Demand may come from an equivalent signal: then no sample is called `requests`, and its source vouches for its age.
  if (newest < Number.POSITIVE_INFINITY && newest > staleAfterSeconds(spec)) return 'stale';
  return partial ? 'partial' : 'none';
};

export const missed = (o: Observation, spec: Spec): boolean => {
  const d = doubt(o, spec);
  return d === 'missing' || d === 'stale';
};

const usable = (sample: Sample): boolean =>
  sample.state === 'ok' && (sample.metric === 'cpu' || sample.metric === 'memory') && sample.value! >= 0;

/** Demand has been missing for as long as the spec asks; from the first miss to this moment. */
const longMissing = ({ atSeconds }: Observation, { onMetricLoss }: Spec, { missedSince }: Past): boolean =>
  onMetricLoss === undefined ||
  (onMetricLoss.action === 'HpaRule' &&
    atSeconds - (missedSince ?? atSeconds) >= (onMetricLoss.afterSeconds ?? 0));

/**
 * The HPA rule decides instead of the policy: this is the third miss in a row or a later one, as the spec asks, and
 * something is left to go by.
 */
export const inFallback = (o: Observation, spec: Spec, past: Past): boolean =>
  past.misses + 1 >= missesBeforeFallback &&
  missed(o, spec) &&
  longMissing(o, spec, past) &&
  o.samples.some(usable);

/** Raises to the size at which CPU and memory stand at their lines; never lowers. */
export const fallback = (o: Observation, spec: Spec): Choice => {
  const from = o.replicas.desired;
  let wanted = from;
  let seen = false;
  for (const sample of o.samples) {
    if (!usable(sample)) continue;
    seen = true;
    const line = sample.metric === 'cpu' ? cpuLine : memoryLine;
    wanted = Math.max(wanted, Math.ceil((o.replicas.ready * sample.value!) / line));
  }
  const to = Math.max(from, Math.min(wanted, spec.maxReplicas));
  return {
    action: to - from,
    state: 'fallback',
    explored: false,
    reason: !seen ? 'MetricsMissing' : to > from ? 'FallbackRaised' : 'FallbackHeld',
    expert: 'hpa-rule',
    values: [],
  };
};

const blurred = (o: Observation, spec: Spec): boolean =>
  o.rollout || o.holder !== undefined || missed(o, spec);

/**
 * Sizes and loads during a rollout or without demand say little, and a size that somebody else set says nothing about
 * our decisions: such an interval is scored but teaches nothing.
 */
export const teaches = (before: Observation, now: Observation, spec: Spec): boolean =>
  !blurred(before, spec) && !blurred(now, spec);
