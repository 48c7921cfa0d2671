import type { Drawing } from '#simulator/arrivals';

export type JudgeSettings = {
  readonly maxReplicas: number;
  readonly startUpSeconds: number;
  readonly latePrice: number;
  readonly switchPrice: number;
  readonly capacity: number;
  /** The 95th percentile of the 60-s means becomes this share of what the largest fleet can serve. */
  readonly scaleP95?: number | undefined;
  readonly draw: Drawing;
  readonly metricAge: number;
  readonly intervalSeconds: number;
  readonly seed: number;
  /** Share of the load that is not scored: policies warm up on it, and peers are tuned on it. */
  readonly warmUp: number;
};

/** What an experiment may ask for besides; absent: nothing of the kind. */
export type TrialSettings = JudgeSettings & {
  /** Share of the load on which -tuned picks its knobs; absent: the warm-up part. */
  readonly tuneShare?: number | undefined;
  /** What policies are told of the capacity, by the true one: 1.2 is 20 % too much. */
  readonly capacityBelief?: number | undefined;
  /** What policies are told of the start-up time, by the true one. */
  readonly startUpBelief?: number | undefined;
  /** Share of the readings that come back without a number. */
  readonly missingShare?: number | undefined;
  /** Absent: 1. */
  readonly minReplicas?: number | undefined;
  /** A request that takes longer is late; absent: 0.25. */
  readonly sloSeconds?: number | undefined;
  /** Coefficient of variation of service times, which no policy is told; absent: 1, the law that nets are trained on. */
  readonly serviceVariation?: number | undefined;
  /** Lateness falls off as this power, which no policy is told; absent: exponentially. */
  readonly tailPower?: number | undefined;
  /** Coefficient of variation of start-up times; policies, and the clairvoyant, are told the mean alone. Absent: 0. */
  readonly startUpVariation?: number | undefined;
  /**
   * Share of late requests, dropped ones among them, that are sent again some seconds later, to be counted and to be late
   * once more. The clairvoyant knows of none. Absent: 0.
   */
  readonly retryShare?: number | undefined;
  /** Costs are also given for each stretch of so many seconds of the scored part. */
  readonly bucketSeconds?: number | undefined;
};

export const judgeDefaults: JudgeSettings = {
  maxReplicas: 50,
  startUpSeconds: 45,
  latePrice: 1e-4,
  switchPrice: 0.003,
  capacity: 50,
  draw: 'lines',
  metricAge: 1,
  intervalSeconds: 5,
  seed: 1,
  warmUp: 0.2,
};
