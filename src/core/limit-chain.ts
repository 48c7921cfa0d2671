import { rateLimit, rulebook, stabilization } from '#core/behavior';
import { boundsNow } from '#core/bounds';
import { doubt, inFallback, missed } from '#core/doubt';
import { turnsWithin } from '#core/flaps';
import { hpaRuleSize } from '#core/hpa-rule';
import type { Mode, Observation, Past, Pause, Spec } from '#core/model';

/** A limit clamps onto an interval around the current size, and says why nothing below and nothing above. */
export type Interval = {
  readonly step: string;
  readonly low: number;
  readonly high: number;
  readonly reasonLow: string;
  readonly reasonHigh: string;
};

export type Limit = (
  o: Observation,
  spec: Spec,
  past: Past,
  pauses: readonly Pause[],
  mode: Mode,
) => Interval | undefined;

/** Kubernetes counts replicas in int32. */
export const mostReplicas = 2_147_483_647;

/** Doubles: 20 · 1.1 is a little more than 22, and 1.2 / .4 a little less than 3. */
const roundingError = 1e-9;

const interval = (step: string, low: number, high: number, reasonLow: string, reasonHigh = reasonLow) => ({
  step,
  low,
  high,
  reasonLow,
  reasonHigh,
});

export const bounds: Limit = (_, { minReplicas, maxReplicas }) =>
  interval('bounds', minReplicas, maxReplicas, 'TooFewReplicas', 'TooManyReplicas');

const schedule: Limit = (o, spec) => {
  if (o.schedule === undefined) return undefined;
  const { low, high } = boundsNow(o, spec);
  return interval('schedule', low, high, 'ScheduleFloor', 'ScheduleCeiling');
};

/** Without demand nothing is concluded from it; the least size that is asked for does not hang on demand. */
const missingData: Limit = (o, spec, past) => {
  const why = doubt(o, spec);
  const { desired } = o.replicas;
  if (why === 'none') return undefined;
  if (why === 'partial') return interval('missing-data', desired, mostReplicas, 'PartialMetrics');
  const high = inFallback(o, spec, past) ? mostReplicas : Math.max(desired, boundsNow(o, spec).low);
  return interval('missing-data', desired, high, why === 'stale' ? 'StaleMetric' : 'MissingMetric');
};

/** New pods may be cold and old ones still counted: load that grows meanwhile is real, load that shrinks may not be. */
const rollout: Limit = (o, { guards }) =>
  o.rollout && guards?.rollout !== 'Ignore'
    ? interval('rollout', o.replicas.desired, mostReplicas, 'RolloutInProgress')
    : undefined;

/** More pods would wait beside those that wait already. */
const unschedulable: Limit = ({ unschedulable: pods, replicas: { desired } }, { guards }) =>
  pods !== undefined && pods > 0 && guards?.unschedulable !== 'Ignore'
    ? interval('unschedulable', 0, desired, 'Unschedulable')
    : undefined;

/** What Shadow writes down is not done, so that nobody else is disturbed. */
const holder: Limit = ({ atSeconds, holder: other, replicas: { desired } }, _, __, ___, mode) =>
  other === undefined || mode === 'Shadow' || atSeconds >= (other.untilSeconds ?? Number.POSITIVE_INFINITY)
    ? undefined
    : interval(
        'holder',
        desired,
        desired,
        other.reason === 'ManualScaling' ? 'ManualScaling' : 'HeldByOther',
      );

const floor: Limit = ({ floor: least }) =>
  least && interval('floor', least.replicas, mostReplicas, 'FloorHeld');

/**
 * [⌊ref·(1 − w)⌋, ⌈ref·(1 + w)⌉] around what the HPA's rule would keep for the present demand. A size outside it may stay:
 * the rule believes the capacity that it was told, and a wrong one must not move the fleet.
 */
const canary: Limit = (o, spec) => {
  const { canaryRatio: w, demand } = o;
  if (w === undefined || demand === undefined || missed(o, spec)) return undefined;
  const { low, high } = boundsNow(o, spec);
  const ref = Math.min(Math.max(hpaRuleSize(demand, spec.capacityPerReplica), low), high);
  return interval(
    'canary',
    Math.floor(ref * (1 - w) + roundingError),
    Math.ceil(ref * (1 + w) - roundingError),
    'CanaryBand',
  );
};

const flapBudget: Limit = ({ atSeconds, replicas: { desired } }, { guards }, past) => {
  const allowed = guards?.flapBudget;
  return allowed !== undefined && turnsWithin(past, atSeconds, allowed) >= allowed.reversals
    ? interval('flap-budget', desired, mostReplicas, 'FlapBudget')
    : undefined;
};

const budget: Limit = (_, { budget: money }) =>
  money &&
  interval(
    'budget',
    0,
    Math.floor(money.hourly / money.perReplicaHour + roundingError),
    '',
    'BudgetExceeded',
  );

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

/** By the names that they give themselves, in the order of the chain. */
export const limitsByStep = {
  bounds,
  schedule,
  floor,
  'missing-data': missingData,
  rollout,
  unschedulable,
  budget,
  canary,
  'flap-budget': flapBudget,
  stabilization: stabilizationOf,
  rate,
  cooldown,
  pause,
  holder,
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitStep = keyof typeof limitsByStep;

export const chain: readonly Limit[] = Object.values(limitsByStep);

/** Nothing but the bounds can bind. */
export const onlyBounds = (o: Observation, spec: Spec, pauses: readonly Pause[]): boolean =>
  !o.rollout &&
  o.unschedulable === undefined &&
  o.holder === undefined &&
  o.floor === undefined &&
  o.schedule === undefined &&
  o.canaryRatio === undefined &&
  spec.budget === undefined &&
  spec.behavior === undefined &&
  spec.cooldownSeconds === undefined &&
  spec.guards === undefined &&
  pauses.length === 0 &&
  doubt(o, spec) === 'none';
