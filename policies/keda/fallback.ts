/** pkg/fallback of KEDA: what stands in for a metric that could not be read too often in a row. */
export const fallbackBehaviors = [
  'static',
  'currentReplicas',
  'currentReplicasIfHigher',
  'currentReplicasIfLower',
] as const;
export type FallbackBehavior = (typeof fallbackBehaviors)[number];
export type Fallback = {
  readonly failureThreshold: number;
  readonly replicas: number;
  readonly behavior: FallbackBehavior;
};

const replicasOf = ({ replicas, behavior }: Fallback, current: number): number => {
  if (behavior === 'currentReplicas') return current;
  if (behavior === 'currentReplicasIfHigher') return Math.max(replicas, current);
  return behavior === 'currentReplicasIfLower' ? Math.min(replicas, current) : replicas;
};

/** Counts failures in a row. `metric` is undefined when the failure stands, else target × the fallback's replicas. */
export const fallbackMetric = (fallback: Fallback | undefined, targetMilli: number, start = 0) => {
  let failures = start;
  return {
    metric: (valueMilli: number | undefined, current: number): number | undefined => {
      failures = valueMilli === undefined ? failures + 1 : 0;
      if (valueMilli !== undefined) return valueMilli;
      if (fallback === undefined || failures <= fallback.failureThreshold) return undefined;
      return targetMilli * replicasOf(fallback, current);
    },
    failures: (): number => failures,
  };
};
