import type { PodGroup } from '#core/model';
import { type PodSums, type ReadinessRules, sumPods } from './pods.ts';

/**
 * pkg/controller/podautoscaler/replica_calculator.go of Kubernetes 1.36, with its truncations: a utilisation is a whole
 * percent and an average a whole milli-unit before the ratio to the target is taken; the ratio multiplies the pods that
 * were counted, not the current size; within the tolerance the answer is the current size.
 */
export type Tolerances = { readonly down: number; readonly up: number };

export type ProposalError =
  | 'noMetricsReturned'
  | 'noPods'
  | 'noMetricsForTargetedPods'
  | 'missingRequest'
  | 'noMetricsMatchedPods';

/** `usage`: percent of requests, or milli-units; `average`: milli-units per pod. */
export type Proposal = {
  readonly replicas: number;
  readonly usage: number;
  readonly average: number;
  readonly error: ProposalError | undefined;
};

const failed = (error: ProposalError): Proposal => ({ replicas: 0, usage: 0, average: 0, error });

export const isWithin = (tolerances: Tolerances, ratio: number): boolean =>
  1 - tolerances.down <= ratio && ratio <= 1 + tolerances.up;

type Missing = 'filled' | 'idle' | 'left-out';

const percentAgain = (sums: PodSums, targetPercent: number, missing: Missing, withUnready: boolean) => {
  const used = sums.readyUsage + (missing === 'filled' ? sums.missingFilled : 0);
  const requested =
    sums.readyRequest +
    (missing === 'left-out' ? 0 : sums.missingRequest) +
    (withUnready ? sums.unreadyRequest : 0);
  return Math.trunc((used * 100) / requested) / targetPercent;
};

const averageAgain = (sums: PodSums, targetMilli: number, missing: Missing, withUnready: boolean) => {
  const used = sums.readyUsage + (missing === 'filled' ? sums.missing * targetMilli : 0);
  const counted = sums.ready + (missing === 'left-out' ? 0 : sums.missing) + (withUnready ? sums.unready : 0);
  return Math.trunc(used / counted) / targetMilli;
};

/**
 * From the ratio over pods with samples to a size. `again` recomputes the ratio once missing pods count as using their
 * share (when shrinking) or nothing (when growing), and unready ones as nothing; what then turns round is not followed.
 */
const toReplicas = (
  current: number,
  target: number,
  ratio: number,
  sums: PodSums,
  tolerances: Tolerances,
  again: (sums: PodSums, target: number, missing: Missing, withUnready: boolean) => number,
  missingAtTarget: 'idle' | 'left-out',
): number => {
  const withUnready = sums.unready > 0 && ratio > 1;
  if (!withUnready && sums.missing === 0)
    return isWithin(tolerances, ratio) ? current : Math.ceil(ratio * sums.ready);
  const missing = ratio < 1 ? 'filled' : ratio > 1 ? 'idle' : missingAtTarget;
  const after = again(sums, target, missing, withUnready);
  if (isWithin(tolerances, after) || (ratio < 1 && after > 1) || (ratio > 1 && after < 1)) return current;
  const counted = sums.ready + (missing === 'left-out' ? 0 : sums.missing) + (withUnready ? sums.unready : 0);
  const replicas = Math.ceil(after * counted);
  if ((after < 1 && replicas > current) || (after > 1 && replicas < current)) return current;
  return replicas;
};

/** A resource target of type Utilization, in percent of the pods' requests. `readiness`: for CPU only. */
export const resourceReplicas = (
  current: number,
  targetPercent: number,
  pods: readonly PodGroup[],
  nowSeconds: number,
  tolerances: Tolerances,
  readiness: ReadinessRules | undefined,
): Proposal => {
  const sums = sumPods(pods, nowSeconds, Math.max(100, targetPercent), readiness);
  if (sums.sampled === 0) return failed('noMetricsReturned');
  if (sums.pods === 0) return failed('noPods');
  if (sums.ready === 0) return failed('noMetricsForTargetedPods');
  if (sums.requestMissing) return failed('missingRequest');
  if (sums.readyRequest === 0) return failed('noMetricsMatchedPods');
  const usage = Math.trunc((sums.readyUsage * 100) / sums.readyRequest);
  const ratio = usage / targetPercent;
  const replicas = toReplicas(current, targetPercent, ratio, sums, tolerances, percentAgain, 'left-out');
  return { replicas, usage, average: Math.trunc(sums.readyUsage / sums.ready), error: undefined };
};

/** A per-pod average (resource AverageValue or custom pods metric); a missing pod counts as exactly the target. */
export const averageReplicas = (
  current: number,
  targetMilli: number,
  pods: readonly PodGroup[],
  nowSeconds: number,
  tolerances: Tolerances,
  readiness: ReadinessRules | undefined,
): Proposal => {
  const sums = sumPods(pods, nowSeconds, 0, readiness);
  if (sums.sampled === 0) return failed('noMetricsReturned');
  if (sums.pods === 0) return failed('noPods');
  if (sums.ready === 0) return failed('noMetricsForTargetedPods');
  const usage = Math.trunc(sums.readyUsage / sums.ready);
  const ratio = usage / targetMilli;
  const replicas = toReplicas(current, targetMilli, ratio, sums, tolerances, averageAgain, 'idle');
  return { replicas, usage, average: usage, error: undefined };
};

/** An object or external metric with a `Value` target: the ratio multiplies Running and Ready pods, deleted ones too. */
export const valueReplicas = (
  current: number,
  valueMilli: number,
  targetMilli: number,
  pods: readonly PodGroup[],
  tolerances: Tolerances,
): Proposal => {
  const ratio = valueMilli / targetMilli;
  const proposal = (replicas: number): Proposal => ({
    replicas,
    usage: valueMilli,
    average: valueMilli,
    error: undefined,
  });
  if (current === 0) return proposal(Math.ceil(ratio));
  if (isWithin(tolerances, ratio)) return proposal(current);
  if (pods.length === 0) return failed('noPods');
  return proposal(Math.ceil(ratio * sumPods(pods, 0, 0, undefined).runningReady));
};

/** An object or external metric with an `AverageValue` target. */
export const perPodReplicas = (
  statusReplicas: number,
  valueMilli: number,
  targetMilli: number,
  tolerances: Tolerances,
): Proposal => {
  const ratio = valueMilli / (targetMilli * statusReplicas);
  return {
    replicas: isWithin(tolerances, ratio) ? statusReplicas : Math.ceil(valueMilli / targetMilli),
    usage: Math.ceil(valueMilli / statusReplicas),
    average: Math.ceil(valueMilli / statusReplicas),
    error: undefined,
  };
};

/**
 * Several metrics: the greatest proposal wins. undefined stands for a metric that failed: with one of those the fleet
 * may grow, never shrink, and −1 means no decision.
 */
export const highest = (current: number, proposals: readonly (number | undefined)[]) => {
  let replicas = 0;
  let winner: number | undefined;
  let invalid = 0;
  for (const [i, proposal] of proposals.entries()) {
    if (proposal === undefined) invalid++;
    else if (replicas === 0 || proposal > replicas) {
      replicas = proposal;
      winner = i;
    }
  }
  if (invalid >= proposals.length || (invalid > 0 && replicas < current))
    return { replicas: -1, winner: undefined, partial: true };
  return { replicas, winner, partial: invalid > 0 };
};
