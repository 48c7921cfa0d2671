import type { Behavior, PodGroup } from '#core/model';
import {
  averageReplicas,
  type Proposal,
  perPodReplicas,
  resourceReplicas,
  type Tolerances,
  valueReplicas,
} from '#policies/hpa/calculator';
import type { Vector } from '#test/policies/conformance';

/** How the recorded cases are written, and how they become our types. */
type Milli = number | string;
type VectorPod = {
  phase: PodGroup['phase'];
  ready: boolean | null;
  readyTransitionSecondsAgo: number | null;
  startSecondsAgo: number | null;
  deleted?: boolean;
  requestMilli?: number;
  usageMilli: number | null;
  sampleSecondsAgo?: number;
  windowSeconds?: number;
};

export type CalculatorVector = Vector & {
  fn: string;
  resource?: string;
  currentReplicas: number;
  statusReplicas: number;
  targetPercent: number;
  targetMilli: number;
  tolerances: Tolerances;
  cpuInitializationPeriodSeconds: number;
  initialReadinessDelaySeconds: number;
  pods?: VectorPod[];
  metricValuesMilli?: Milli[];
  metricValueMilli?: Milli;
  expected: {
    replicas: number;
    utilizationPercent?: number;
    rawAverageMilli?: number;
    usageMilli?: Milli;
    error: { code: string } | null;
  };
};

const ago = (seconds: number | null | undefined): number | undefined =>
  seconds === null || seconds === undefined ? undefined : -seconds;

export const podOf = (pod: VectorPod): PodGroup => ({
  count: 1,
  phase: pod.phase,
  ready: pod.ready ?? undefined,
  readyTransitionAt: ago(pod.readyTransitionSecondsAgo),
  startAt: ago(pod.startSecondsAgo),
  deleted: pod.deleted ?? false,
  requestMilli: pod.requestMilli,
  usageMilli: pod.usageMilli ?? undefined,
  sampleAt: ago(pod.sampleSecondsAgo),
  windowSeconds: pod.windowSeconds ?? 0,
});

/** The calculator's call that a case names, at second 0. */
export const calculate = (v: CalculatorVector): Proposal => {
  const pods = (v.pods ?? []).map(podOf);
  const readiness =
    v.resource === 'cpu'
      ? {
          cpuInitializationSeconds: v.cpuInitializationPeriodSeconds,
          readinessDelaySeconds: v.initialReadinessDelaySeconds,
        }
      : undefined;
  const value = v.metricValuesMilli
    ? v.metricValuesMilli.reduce((sum: number, x) => sum + Number(x), 0)
    : Number(v.metricValueMilli);
  switch (v.fn) {
    case 'GetResourceReplicas':
      return resourceReplicas(v.currentReplicas, v.targetPercent, pods, 0, v.tolerances, readiness);
    case 'GetRawResourceReplicas':
    case 'GetMetricReplicas':
      return averageReplicas(v.currentReplicas, v.targetMilli, pods, 0, v.tolerances, readiness);
    case 'GetExternalPerPodMetricReplicas':
      if ((v.metricValuesMilli ?? []).length === 0)
        return { replicas: 0, usage: 0, average: 0, error: 'noMetricsReturned' };
      return perPodReplicas(v.statusReplicas, value, v.targetMilli, v.tolerances);
    case 'GetObjectPerPodMetricReplicas':
      return perPodReplicas(v.statusReplicas, value, v.targetMilli, v.tolerances);
    default:
      return valueReplicas(v.currentReplicas, value, v.targetMilli, pods, v.tolerances);
  }
};

export type SequenceVector = Vector & {
  minReplicas: number;
  maxReplicas: number;
  behavior: Behavior | null;
  downscaleStabilizationSeconds: number;
  steps: [number, number, number | null, number, string, string, string, string][];
};

type GroupRow = [
  number,
  PodGroup['phase'],
  boolean | null,
  number | null,
  number | null,
  boolean,
  number | null,
  number | null,
];

export type EndToEndVector = Vector & {
  minReplicas: number;
  maxReplicas: number;
  metric: 'cpuUtilization' | 'cpuAverageValue' | 'externalValue' | 'externalAverageValue';
  target: number;
  tolerances: Tolerances;
  behavior: Behavior | null;
  podRequestMilli: number;
  metricWindowSeconds: number;
  cpuInitializationPeriodSeconds: number;
  initialReadinessDelaySeconds: number;
  downscaleStabilizationSeconds: number;
  steps: [
    number,
    number,
    GroupRow[],
    number | null,
    number | null,
    number | null,
    number,
    string,
    string,
    string,
  ][];
};

export const groupOf = (
  [count, phase, ready, startAt, readyTransitionAt, deleted, usageMilli, sampleAt]: GroupRow,
  v: EndToEndVector,
): PodGroup => ({
  count,
  phase,
  ready: ready ?? undefined,
  readyTransitionAt: readyTransitionAt ?? undefined,
  startAt: startAt ?? undefined,
  deleted,
  requestMilli: v.podRequestMilli,
  usageMilli: usageMilli ?? undefined,
  sampleAt: sampleAt ?? undefined,
  windowSeconds: v.metricWindowSeconds,
});

/** The proposal of one sync before limits. */
export const propose = (
  v: EndToEndVector,
  seconds: number,
  current: number,
  pods: readonly PodGroup[],
  externalMilli: number | null,
): Proposal => {
  const readiness = {
    cpuInitializationSeconds: v.cpuInitializationPeriodSeconds,
    readinessDelaySeconds: v.initialReadinessDelaySeconds,
  };
  if (v.metric === 'cpuUtilization')
    return resourceReplicas(current, v.target, pods, seconds, v.tolerances, readiness);
  if (v.metric === 'cpuAverageValue')
    return averageReplicas(current, v.target, pods, seconds, v.tolerances, readiness);
  if (externalMilli === null) return { replicas: 0, usage: 0, average: 0, error: 'noMetricsReturned' };
  return v.metric === 'externalValue'
    ? valueReplicas(current, externalMilli, v.target, pods, v.tolerances)
    : perPodReplicas(current, externalMilli, v.target, v.tolerances);
};

/** A condition as the vectors write it: `True:ScaleUpLimit`. */
export const limitedAs = (limited: string): string =>
  `${limited === 'DesiredWithinRange' ? 'False' : 'True'}:${limited}`;

export const activeAs = (active: string, failure: string): string =>
  active === 'ValidMetricFound'
    ? 'True:ValidMetricFound'
    : `False:${active === 'MetricFailed' ? failure : active}`;
