import { rulebook, withRecommendation, withScaling } from '#core/behavior';
import { missed } from '#core/doubt';
import { withTurn } from '#core/flaps';
import type { Decision, Observation, Past, Spec } from '#core/model';
import { isPrescribed } from '#core/prescribed';

export const emptyPast: Past = Object.freeze({
  recommendations: Object.freeze([]),
  scalings: Object.freeze([]),
  misses: 0,
});

/** How far back the limits and the doubt rules look. */
export const pastSeconds = ({ behavior, guards, onMetricLoss, intervalSeconds }: Spec): number => {
  let seconds = guards?.flapBudget?.windowSeconds ?? 0;
  // The first miss that is found again may be up to an interval younger than what is looked back.
  if (onMetricLoss?.afterSeconds !== undefined)
    seconds = Math.max(seconds, onMetricLoss.afterSeconds + 2 * intervalSeconds);
  if (behavior === undefined) return seconds;
  const { up, down } = rulebook(behavior);
  return Math.max(
    seconds,
    up.windowSeconds,
    up.longestPeriodSeconds,
    down.windowSeconds,
    down.longestPeriodSeconds,
  );
};

/**
 * What the decision would have been without limits. A masked choice hides it, but a policy that names lines, or the
 * worth of every option, shows it; stabilization over masked wishes would renew itself for ever. What is prescribed is
 * not masked.
 */
const wish = ({ from, action, reason, lines, explored, values }: Decision): number => {
  if (isPrescribed(reason)) return from + action;
  if (lines !== undefined && Number.isFinite(lines.low + lines.high)) {
    const low = Math.round(lines.low);
    return Math.min(Math.max(from, low), Math.max(low, Math.round(lines.high)));
  }
  if (explored || values.length === 0) return from + action;
  return values.reduce((best, option) => (option.value > best.value ? option : best)).replicas;
};

const withMiss = (past: Past, { atSeconds }: Observation, miss: boolean): Past => {
  if (miss) return { ...past, misses: past.misses + 1, missedSince: past.missedSince ?? atSeconds };
  return past.misses === 0 ? past : { ...past, misses: 0, missedSince: undefined };
};

/** What the next cycle must know of this one. `scaled`: the decision was carried out. */
export const remember = (
  before: Past,
  o: Observation,
  decision: Decision,
  spec: Spec,
  scaled = decision.to !== decision.from,
): Past => {
  const miss = missed(o, spec);
  let past = withMiss(before, o, miss);
  const { behavior, guards } = spec;
  const { atSeconds } = o;
  const change = scaled ? decision.to - decision.from : 0;
  if (guards?.flapBudget !== undefined && change !== 0)
    past = { ...past, ...withTurn(past, atSeconds, change, guards.flapBudget) };
  if (behavior === undefined) return past;
  const { desired } = o.replicas;
  const book = rulebook(behavior);
  const seen = past.recommendations.length > 0 ? past.recommendations : [{ atSeconds, replicas: desired }];
  // A size that somebody set outside the bounds is brought back without a wish.
  const wished = !miss && desired >= spec.minReplicas && desired <= spec.maxReplicas;
  return {
    ...past,
    recommendations: wished ? withRecommendation(seen, atSeconds, wish(decision), book) : seen,
    scalings: withScaling(past.scalings, atSeconds, change, book),
  };
};
