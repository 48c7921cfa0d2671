import type { Decision, Observation, Reward, Spec } from '#core/model';
import { lateShare, nextBacklog } from '#core/queue';

export type CostState = { readonly intervals: number; readonly total: number; readonly backlog: number };

/** What is known of a replica beside the spec: how much it serves, and how its late requests fall off (see queue.ts). */
export type ServiceLaw = { readonly capacityPerReplica: number; readonly tailPerSecond: number };

const lawOf = ({ capacityPerReplica }: Spec): ServiceLaw => ({
  capacityPerReplica,
  tailPerSecond: capacityPerReplica,
});

type Late = { late: number; arrived: number; backlog: number };

/** Seconds of arrivals, each through the late-share law; unrecorded ones (NaN) count as the interval's mean demand. */
const lateByLaw = (
  before: Observation,
  now: Observation,
  spec: Spec,
  backlog: number,
  observed: boolean,
  { capacityPerReplica: c, tailPerSecond }: ServiceLaw,
): Late => {
  const seconds = now.atSeconds - before.atSeconds;
  const { sloSeconds } = spec;
  const served = ((before.replicas.ready + now.replicas.ready) / 2) * c;
  const mean = now.demand ?? before.demand ?? 0;
  const seen = now.arrivals;
  const steps = seen === undefined ? 1 : seen.counts.length;
  const stepSeconds = seen === undefined ? seconds : seen.stepSeconds;
  const sum: Late = { late: 0, arrived: 0, backlog };
  for (let i = 0; i < steps; i++) {
    const count = seen?.counts[i] ?? Number.NaN;
    const arrived = Number.isNaN(count) ? mean * stepSeconds : count;
    const able = served * stepSeconds;
    const left = nextBacklog(sum.backlog, arrived, able);
    const wait = served > 0 ? (sum.backlog + left) / (2 * served) : Number.POSITIVE_INFINITY;
    const rho = able > 0 ? arrived / able : Number.POSITIVE_INFINITY;
    if (arrived > 0 && !observed) sum.late += arrived * lateShare(rho, wait, tailPerSecond, sloSeconds);
    sum.arrived += arrived;
    sum.backlog = left;
  }
  return sum;
};

/** A histogram tells the truth about lateness; without one the law is applied to what arrived and what was ready. */
const lateIn = (before: Observation, now: Observation, spec: Spec, backlog: number, law: ServiceLaw) => {
  const ratio = now.lateRatio;
  const observed = ratio !== undefined && ratio >= 0 && ratio <= 1;
  const sum = lateByLaw(before, now, spec, backlog, observed, law);
  if (observed) sum.late = ratio * sum.arrived;
  return { ...sum, lateFrom: observed ? ('histogram' as const) : ('law' as const) };
};

/** JSON knows no −0, and a replayed reward must equal the recorded one. */
const less = (cost: number): number => 0 - cost;

const window = (before: Observation, now: Observation) => ({ from: before.atSeconds, to: now.atSeconds });

/**
 * The reward of shadow-q (the cost of an exogenous-input MDP, turned round):
 *
 *   r = −(N·Δ/3600 + p·late + q·|ΔN|) / mean cost of this target's intervals so far, this one included
 *
 * N is what was wanted during the interval, starting replicas too; ΔN is that of the decision which is credited.
 * A target's typical interval is thus worth −1, whatever its size, and each term keeps its share. A policy that knows the
 * mean cost from demand alone gives it as `meanCost`: then a restart, which forgets the last minutes, scores alike. One that
 * has found out what a replica serves gives that as `law`.
 */
export const costScore = (
  spec: Spec,
  start?: CostState,
  meanCost?: () => number,
  law: () => ServiceLaw | undefined = () => undefined,
) => {
  const usual = lawOf(spec);
  let { intervals, total, backlog } = start ?? { intervals: 0, total: 0, backlog: 0 };
  return {
    score: (before: Observation, felt: Decision, now: Observation): Reward => {
      const seen = lateIn(before, now, spec, backlog, law() ?? usual);
      backlog = seen.backlog;
      const hours = Math.max(0, now.atSeconds - before.atSeconds) / 3600;
      const efficiency = now.replicas.desired * hours;
      const slo = spec.latePrice * seen.late;
      const stability = spec.switchPrice * Math.abs(felt.to - felt.from);
      const cost = efficiency + slo + stability;
      intervals += 1;
      total += cost;
      const mean = meanCost?.() ?? total / intervals;
      const unit = mean > 0 ? 1 / mean : 0;
      return {
        total: less(cost * unit),
        terms: {
          efficiency: less(efficiency * unit),
          slo: less(slo * unit),
          stability: less(stability * unit),
        },
        window: window(before, now),
        lateFrom: seen.lateFrom,
      };
    },
    state: (): CostState => ({ intervals, total, backlog }),
  };
};

/** Share of the reward of `q-learning` that each term makes. */
const weights = { efficiency: 0.4, slo: 0.4, stability: 0.2 } as const;

/** A replica busier than this is no waste: the point up to which idle capacity counts against the decision. */
const busyRatio = 0.7;
/** More late requests than this and the interval is lost: the usual mark of an SLO violation. */
const violationRatio = 0.01;
/** The greatest step of the action set. */
const greatestStep = 10;

/**
 * The reward of `q-learning`, each term in [−1, 0] before its weight:
 *
 *   efficiency = −(1 − min(1, d / (.7·c·N)))   idle share of what was wanted, above 70 % busy none
 *   slo        = −min(1, late share / 1 %)
 *   stability  = −min(1, |ΔN| / 10)
 *   r          = .4·efficiency + .4·slo + .2·stability
 */
export const weightedScore = (spec: Spec, backlogAtStart = 0) => {
  const usual = lawOf(spec);
  let backlog = backlogAtStart;
  return {
    score: (before: Observation, felt: Decision, now: Observation): Reward => {
      const seen = lateIn(before, now, spec, backlog, usual);
      backlog = seen.backlog;
      const seconds = now.atSeconds - before.atSeconds;
      const able = busyRatio * spec.capacityPerReplica * now.replicas.desired * seconds;
      const busy = able > 0 ? Math.min(1, seen.arrived / able) : 1;
      const share = seen.arrived > 0 ? seen.late / seen.arrived : 0;
      const efficiency = less(weights.efficiency * (1 - busy));
      const slo = less(weights.slo * Math.min(1, share / violationRatio));
      const stability = less(weights.stability * Math.min(1, Math.abs(felt.to - felt.from) / greatestStep));
      return {
        total: efficiency + slo + stability,
        terms: { efficiency, slo, stability },
        window: window(before, now),
        lateFrom: seen.lateFrom,
      };
    },
    backlog: (): number => backlog,
  };
};
