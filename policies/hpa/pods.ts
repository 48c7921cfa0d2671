import type { PodGroup } from '#core/model';

/** kube-controller-manager's --horizontal-pod-autoscaler-cpu-initialization-period and -initial-readiness-delay. */
export type ReadinessRules = {
  readonly cpuInitializationSeconds: number;
  readonly readinessDelaySeconds: number;
};

/** What the replica calculator adds up over pods, deleted and failed ones left out. */
export type PodSums = {
  pods: number;
  /** Pods with a sample, of every kind. */
  sampled: number;
  /** Running and Ready, deleted ones too: what `Value` targets multiply. */
  runningReady: number;
  /** Some pod, be it deleted, names no request. */
  requestMissing: boolean;
  ready: number;
  readyUsage: number;
  readyRequest: number;
  missing: number;
  missingRequest: number;
  /** Sum of what missing pods are taken to use when the fleet would shrink. */
  missingFilled: number;
  unready: number;
  unreadyRequest: number;
};

const milliseconds = (seconds: number): number => Math.round(seconds * 1000);

/**
 * Within the initialization period a CPU sample counts only if the pod is ready and the sample's whole window is;
 * later it is ignored only if the pod has never become ready (its last transition fell within the readiness delay).
 */
const unreadyForCpu = (pod: PodGroup, nowSeconds: number, rules: ReadinessRules): boolean => {
  const { ready, startAt, readyTransitionAt } = pod;
  if (ready === undefined || startAt === undefined) return true;
  const transition =
    readyTransitionAt === undefined ? Number.NEGATIVE_INFINITY : milliseconds(readyTransitionAt);
  const started = milliseconds(startAt);
  if (started + milliseconds(rules.cpuInitializationSeconds) > milliseconds(nowSeconds))
    return !ready || milliseconds(pod.sampleAt ?? nowSeconds) < transition + milliseconds(pod.windowSeconds);
  return !ready && started + milliseconds(rules.readinessDelaySeconds) > transition;
};

/**
 * `groupPods` of replica_calculator.go. `readiness` undefined: not a CPU metric, for which readiness does not matter.
 * `fillPercent`: what share of its request a missing pod is taken to use when the fleet would shrink.
 */
export const sumPods = (
  pods: readonly PodGroup[],
  nowSeconds: number,
  fillPercent: number,
  readiness: ReadinessRules | undefined,
): PodSums => {
  const sums: PodSums = {
    pods: 0,
    sampled: 0,
    runningReady: 0,
    requestMissing: false,
    ready: 0,
    readyUsage: 0,
    readyRequest: 0,
    missing: 0,
    missingRequest: 0,
    missingFilled: 0,
    unready: 0,
    unreadyRequest: 0,
  };
  for (let i = 0; i < pods.length; i++) {
    const pod = pods[i]!;
    const { count, phase, usageMilli } = pod;
    const request = pod.requestMilli ?? 0;
    sums.pods += count;
    if (usageMilli !== undefined) sums.sampled += count;
    if (pod.requestMilli === undefined) sums.requestMissing = true;
    if (phase === 'Running' && pod.ready === true) sums.runningReady += count;
    if (pod.deleted || phase === 'Failed') continue;
    if (phase === 'Pending') {
      sums.unready += count;
      sums.unreadyRequest += count * request;
    } else if (usageMilli === undefined) {
      sums.missing += count;
      sums.missingRequest += count * request;
      sums.missingFilled += count * Math.trunc((request * fillPercent) / 100);
    } else if (readiness !== undefined && unreadyForCpu(pod, nowSeconds, readiness)) {
      sums.unready += count;
      sums.unreadyRequest += count * request;
    } else {
      sums.ready += count;
      sums.readyUsage += count * usageMilli;
      sums.readyRequest += count * request;
    }
  }
  return sums;
};
