import { rateLimit, rulebook, stabilization, withRecommendation, withScaling } from '#core/behavior';
import { doubt, inFallback, missed } from '#core/doubt';
import type { Choice, Decision, Legal, Limited, Observation, Past, Pause, Spec } from '#core/model';

/**
 * The limit chain. Every limit is a clamp onto an interval that holds the current size. Hence: holding is always legal,
 * the chain is idempotent, its order changes reasons but never the outcome, no action leads further out of [min, max],
 * and a policy that chooses among the legal sizes is not limited at all.
 */
export type Interval = {
  readonly step: string;
  readonly low: number;
  readonly high: number;
  readonly reasonLow: string;
  readonly reasonHigh: string;
};

type Limit = (o: Observation, spec: Spec, past: Past, pauses: readonly Pause[]) => Interval | undefined;

/** Kubernetes counts replicas in int32. */
export const mostReplicas = 2_147_483_647;

export const emptyPast: Past = Object.freeze({
  recommendations: Object.freeze([]),
  scalings: Object.freeze([]),
  misses: 0,
});

const none: readonly never[] = Object.freeze([]);

const interval = (step: string, low: number, high: number, reasonLow: string, reasonHigh = reasonLow) => ({
  step,
  low,
  high,
  reasonLow,
  reasonHigh,
});

const bounds: Limit = (_, { minReplicas, maxReplicas }) =>
  interval('bounds', minReplicas, maxReplicas, 'TooFewReplicas', 'TooManyReplicas');

const missingData: Limit = (o, spec, past) => {
  const why = doubt(o, spec);
  const { desired } = o.replicas;
  if (why === 'none') return undefined;
  if (why === 'partial') return interval('missing-data', desired, mostReplicas, 'PartialMetrics');
  const high = inFallback(o, spec, past) ? mostReplicas : desired;
  return interval('missing-data', desired, high, why === 'stale' ? 'StaleMetric' : 'MissingMetric');
};

/** New pods may be cold and old ones still counted: load that grows meanwhile is real, load that shrinks may not be. */
const rollout: Limit = (o) =>
  o.rollout ? interval('rollout', o.replicas.desired, mostReplicas, 'RolloutInProgress') : undefined;

/** 1.2 an hour at .4 a replica-hour is three replicas, though the doubles' quotient is a little less. */
const budget: Limit = (_, { budget }) =>
  budget &&
  interval('budget', 0, Math.floor(budget.hourly / budget.perReplicaHour + 1e-9), '', 'BudgetExceeded');

const stabilizationOf: Limit = ({ atSeconds, replicas: { desired } }, { behavior }, { recommendations }) => {
  if (behavior === undefined) return undefined;
  const seen = recommendations.length > 0 ? recommendations : [{ atSeconds, replicas: desired }];
  const { low, high } = stabilization(desired, seen, atSeconds, rulebook(behavior));
  return interval('stabilization', low, high, 'ScaleDownStabilized', 'ScaleUpStabilized');
};

const rate: Limit = ({ atSeconds, replicas: { desired } }, { behavior }, { scalings }) => {
  if (behavior === undefined) return undefined;
  const { up, down } = rulebook(behavior);
  return interval(
    'rate',
    rateLimit(-1, desired, scalings, atSeconds, down),
    rateLimit(1, desired, scalings, atSeconds, up),
    'ScaleDownLimit',
    'ScaleUpLimit',
  );
};

const cooldown: Limit = ({ atSeconds, replicas: { desired, lastScaledAt } }, { cooldownSeconds }) =>
  cooldownSeconds !== undefined && lastScaledAt !== undefined && atSeconds < lastScaledAt + cooldownSeconds
    ? interval('cooldown', desired, desired, 'Cooldown')
    : undefined;

const pause: Limit = ({ atSeconds, replicas: { desired } }, _, __, pauses) => {
  let low = 0;
  let high = mostReplicas;
  for (const { untilSeconds, direction } of pauses) {
    if (atSeconds >= untilSeconds) continue;
    if (direction !== 'up') low = desired;
    if (direction !== 'down') high = desired;
  }
  return low > 0 || high < mostReplicas ? interval('pause', low, high, 'Paused') : undefined;
};

const chain: readonly Limit[] = [
  bounds,
  missingData,
  rollout,
  budget,
  stabilizationOf,
  rate,
  cooldown,
  pause,
];

/** Intersects intervals around `from`; each that takes sizes away leaves one entry per side, in chain order. */
export const narrow = (from: number, intervals: readonly (Interval | undefined)[]): Legal => {
  const withheld: Limited[] = [];
  let low = 0;
  let high = Math.max(from, mostReplicas);
  for (const i of intervals) {
    if (i === undefined) continue;
    const up = Math.min(i.low, from);
    if (up > low) {
      withheld.push({ step: i.step, from: low, to: up, reason: i.reasonLow });
      low = up;
    }
    const down = Math.max(i.high, from);
    if (down < high) {
      withheld.push({ step: i.step, from: high, to: down, reason: i.reasonHigh });
      high = down;
    }
  }
  return { from, low, high, withheld };
};

const boundsOnly = new WeakMap<Spec, Legal[]>();

/** With trusted metrics and nothing but bounds, what is legal depends on the size alone: one frozen value per size. */
const withinBounds = (from: number, spec: Spec): Legal => {
  let known = boundsOnly.get(spec);
  if (known === undefined) {
    known = [];
    boundsOnly.set(spec, known);
  }
  const found = known[from];
  if (found !== undefined) return found;
  const made = narrow(from, [bounds(undefined as never, spec, emptyPast, none)]);
  Object.freeze(made.withheld);
  if (from <= 10_000) known[from] = Object.freeze(made);
  return made;
};

const unlimited = (o: Observation, spec: Spec, pauses: readonly Pause[]): boolean =>
  !o.rollout &&
  spec.budget === undefined &&
  spec.behavior === undefined &&
  spec.cooldownSeconds === undefined &&
  pauses.length === 0 &&
  doubt(o, spec) === 'none';

/** The sizes that are left to a policy, and why not the others. */
export const legal = (
  o: Observation,
  spec: Spec,
  past: Past = emptyPast,
  pauses: readonly Pause[] = none,
): Legal =>
  unlimited(o, spec, pauses)
    ? withinBounds(o.replicas.desired, spec)
    : narrow(
        o.replicas.desired,
        chain.map((one) => one(o, spec, past, pauses)),
      );

/** A size that exists; the current one when the policy gives no number. */
const wanted = (choice: Choice, from: number): number => {
  const to = Math.round(from + choice.action);
  return Number.isNaN(to) ? from : Math.max(0, Math.min(to, mostReplicas));
};

/** Walks a wish through the chain; each limit that binds says from where to where. */
export const limit = (choice: Choice, { from, low, high, withheld }: Legal): Decision => {
  let to = wanted(choice, from);
  let limits: readonly Limited[] = none;
  if (to < low || to > high) {
    const bound: Limited[] = [];
    for (const step of withheld) {
      const raises = step.to > step.from;
      if (raises ? to >= step.to : to <= step.to) continue;
      bound.push({ step: step.step, from: to, to: step.to, reason: step.reason });
      to = step.to;
    }
    limits = bound;
  }
  return {
    action: choice.action,
    state: choice.state,
    explored: choice.explored,
    reason: choice.reason,
    expert: choice.expert,
    lines: choice.lines,
    values: choice.values,
    from,
    to,
    limits,
  };
};

/**
 * What the decision would have been without limits. A masked choice hides it, but a policy that names lines, or the
 * worth of every option, shows it; stabilization over masked wishes would renew itself for ever.
 */
const wish = ({ from, action, lines, explored, values }: Decision): number => {
  if (lines !== undefined && Number.isFinite(lines.low + lines.high)) {
    const low = Math.round(lines.low);
    return Math.min(Math.max(from, low), Math.max(low, Math.round(lines.high)));
  }
  if (explored || values.length === 0) return from + action;
  return values.reduce((best, option) => (option.value > best.value ? option : best)).replicas;
};

/** What the next cycle must know of this one. `scaled`: the decision was carried out. */
export const remember = (
  past: Past,
  o: Observation,
  decision: Decision,
  spec: Spec,
  scaled = decision.to !== decision.from,
): Past => {
  const miss = missed(o, spec);
  const { behavior } = spec;
  const misses = miss ? past.misses + 1 : 0;
  if (behavior === undefined) return misses === past.misses ? past : { ...past, misses };
  const { atSeconds } = o;
  const { desired } = o.replicas;
  const book = rulebook(behavior);
  const seen = past.recommendations.length > 0 ? past.recommendations : [{ atSeconds, replicas: desired }];
  // A size that somebody set outside the bounds is brought back without a wish.
  const wished = !miss && desired >= spec.minReplicas && desired <= spec.maxReplicas;
  return {
    recommendations: wished ? withRecommendation(seen, atSeconds, wish(decision), book) : seen,
    scalings: scaled
      ? withScaling(past.scalings, atSeconds, decision.to - decision.from, book)
      : past.scalings,
    misses,
  };
};
