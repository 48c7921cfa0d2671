/**
 * The vocabulary. Everything else in the project speaks in these words.
 *
 *   target       the workload that is scaled: a namespace, a kind and a name
 *   sample       one reading of one metric; when there is no number it says why
 *   arrivals     requests per time step, at the finest grain that the source gives
 *   observation  all that is known at one instant
 *   action       change in desired replicas
 *   legal        the sizes that the limit chain leaves to the policy, and why it withholds the others
 *   choice       what the policy wants, and what every option was worth
 *   decision     the choice after the limit chain, with each limit that bound
 *   cycle        observe, decide, execute, reward: one turn of the loop and the record that it leaves
 *   expert       a rule or net that names two lines: below `low` order up to it, above `high` release down to it
 *   transition   what a policy learns from: the credited decision, its reward, what was seen next
 *
 * Times are Unix seconds (`…At`) or durations (`…Seconds`); rates are per second; ratios run from 0 to 1.
 */

import type { AgentRun } from '#core/calls';
import type { Circumstances } from '#core/circumstances';

export type Target = { readonly namespace: string; readonly kind: string; readonly name: string };

/** `default/Deployment/web`: the key under which learned state is kept (a UID would lose it when GitOps re-creates the object). */
export const targetKey = (t: Target): string => `${t.namespace}/${t.kind}/${t.name}`;

export const sampleStates = ['ok', 'empty', 'stale', 'error'] as const;
export type SampleState = (typeof sampleStates)[number];

/** The signals that policies know by name. A source may add others; they are recorded, not decided on. */
export const signals = ['requests', 'cpu', 'memory', 'late'] as const;
export type Signal = (typeof signals)[number];

export type Sample = {
  /** `requests` per second, `cpu` and `memory` as used/available ratio, `late` as ratio of requests over the SLO. */
  readonly metric: string;
  /** Defined exactly when the state is `ok` or `stale`. */
  readonly value: number | undefined;
  readonly state: SampleState;
  readonly ageSeconds: number;
  readonly source: string;
  readonly query?: string | undefined;
  /** Why there is no good number: HTTP status, time-out, series found. */
  readonly detail?: string | undefined;
};

export type Replicas = {
  /** What `/scale` asks for, starting replicas included. */
  readonly desired: number;
  readonly ready: number;
  readonly starting: number;
  readonly lastScaledAt: number | undefined;
};

/** `counts[i]` requests arrived in [startsAt + i·stepSeconds, startsAt + (i + 1)·stepSeconds). NaN: not recorded. */
export type Arrivals = {
  readonly startsAt: number;
  readonly stepSeconds: number;
  readonly counts: ArrayLike<number>;
};

/** `count` pods that are alike in all that an autoscaler sees; on a cluster `count` is 1. */
export type PodGroup = {
  readonly count: number;
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
  /** undefined: there is no Ready condition. */
  readonly ready: boolean | undefined;
  readonly readyTransitionAt: number | undefined;
  readonly startAt: number | undefined;
  readonly deleted: boolean;
  readonly requestMilli: number | undefined;
  /** undefined: metrics-server has no sample. */
  readonly usageMilli: number | undefined;
  readonly sampleAt: number | undefined;
  readonly windowSeconds: number;
};

export type Observation = {
  readonly atSeconds: number;
  readonly samples: readonly Sample[];
  readonly replicas: Replicas;
  /** Requests per second (or an equivalent) now; undefined when no sample of it is `ok`. */
  readonly demand: number | undefined;
  /** A rollout is replacing pods: sizes and loads of this moment say little about the next. */
  readonly rollout: boolean;
  /** Arrivals that became visible since the observation before. */
  readonly arrivals?: Arrivals | undefined;
  readonly pods?: readonly PodGroup[] | undefined;
  /** Share of requests over the SLO since the observation before, from a latency histogram. */
  readonly lateRatio?: number | undefined;
} & Circumstances;

/** As a policy sees the world: `volatility=2 trend=+1 season=0 age=1`. */
export type StateKey = string;

/** Change in desired replicas: any integer that the legal range allows. */
export type Action = number;

/** One limit that bound: the words are those of the HPA where it has one (ScaleUpLimit, TooManyReplicas, …). */
export type Limited = {
  readonly step: string;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
};

/** Every limit is a clamp onto an interval around the current size, so what is legal is an interval around it too. */
export type Legal = {
  readonly from: number;
  readonly low: number;
  readonly high: number;
  /** Why nothing below `low` and nothing above `high`. */
  readonly withheld: readonly Limited[];
};

export type OptionValue = { readonly option: string; readonly replicas: number; readonly value: number };

/** Below `low` order up to it, above `high` release down to it, between them hold. Real-valued, in replicas. */
export type Lines = { readonly low: number; readonly high: number };

export type Choice = {
  readonly action: Action;
  readonly state: StateKey;
  readonly explored: boolean;
  /** CamelCase and of few values: BelowLowLine, AboveHighLine, BetweenLines, Explored, StaleMetric, … */
  readonly reason: string;
  /** Who decided, where a policy has several minds. */
  readonly expert?: string | undefined;
  readonly lines?: Lines | undefined;
  readonly values: readonly OptionValue[];
};

export type Decision = Choice & {
  readonly from: number;
  readonly to: number;
  readonly limits: readonly Limited[];
};

export const outcomes = ['scaled', 'held', 'shadowed', 'awaiting-approval', 'failed'] as const;
export type Outcome = (typeof outcomes)[number];

export const rewardTerms = ['efficiency', 'slo', 'stability'] as const;
export type RewardTerm = (typeof rewardTerms)[number];

export type Reward = {
  readonly total: number;
  readonly terms: Readonly<Record<RewardTerm, number>>;
  readonly window: { readonly from: number; readonly to: number };
  /** Where the late requests come from: a latency histogram, or the late-share law applied to demand and replicas. */
  readonly lateFrom: 'histogram' | 'law';
};

export type Transition = {
  readonly observation: Observation;
  readonly decision: Decision;
  readonly reward: Reward;
  readonly next: Observation;
};

/** Figures of learning by name (`epsilon`, `tdError`, `rounds`, …): what the learning panels show. */
export type LearningReport = Readonly<Record<string, number>>;

export const modes = ['Auto', 'Shadow', 'Approve', 'Canary', 'Off'] as const;
export type Mode = (typeof modes)[number];

/** What the user sets on a workload. */
export type Spec = {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly intervalSeconds: number;
  /** Requests per second that one replica serves at 100 % CPU. */
  readonly capacityPerReplica: number;
  readonly startUpSeconds: number;
  readonly sloSeconds: number;
  /** Replica-hours that one late request costs. */
  readonly latePrice: number;
  /** Replica-hours that starting or stopping one replica costs. */
  readonly switchPrice: number;
  /** Normal age of the newest metric, seconds. */
  readonly metricAgeSeconds: number;
  readonly cooldownSeconds?: number | undefined;
  readonly behavior?: Behavior | undefined;
  readonly budget?: Budget | undefined;
  readonly guards?: Guards | undefined;
  /** What is done without demand; absent: the HPA's rule from the third miss on. */
  readonly onMetricLoss?: OnMetricLoss | undefined;
};

/** Absent: `Hold` for both, and no flap budget. */
export type Guards = {
  /** While a rollout replaces pods nothing is lowered. */
  readonly rollout?: 'Hold' | 'Ignore' | undefined;
  /** While pods find no node nothing is raised. */
  readonly unschedulable?: 'Hold' | 'Ignore' | undefined;
  /** So many turns from up to down within the window; after that nothing is lowered. */
  readonly flapBudget?: { readonly reversals: number; readonly windowSeconds: number } | undefined;
};

export type OnMetricLoss = {
  readonly action: 'Hold' | 'HpaRule';
  /** How long demand must be missing before the HPA's rule may raise; at least three cycles. */
  readonly afterSeconds?: number | undefined;
};

export type ScalingPolicyRule = {
  readonly type: 'Pods' | 'Percent';
  readonly value: number;
  readonly periodSeconds: number;
};

/** autoscaling/v2 HPAScalingRules. */
export type ScalingRules = {
  readonly stabilizationWindowSeconds?: number | undefined;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled' | undefined;
  readonly policies?: readonly ScalingPolicyRule[] | undefined;
  readonly tolerance?: number | undefined;
};
export type Behavior = {
  readonly scaleUp?: ScalingRules | undefined;
  readonly scaleDown?: ScalingRules | undefined;
};
export type Budget = { readonly hourly: number; readonly perReplicaHour: number; readonly currency: string };

export const pauseDirections = ['up', 'down', 'both'] as const;

/** A person's word that a target keeps its size for a while; it ends by itself. */
export type Pause = {
  readonly untilSeconds: number;
  readonly direction: (typeof pauseDirections)[number];
  readonly reason: string;
  readonly by: string;
};

/** One turn of the loop: the graph's state, the journal's record, telemetry's source, the explainer's input. */
export type Cycle = {
  /** UUIDv7. */
  readonly id: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly target: Target;
  readonly spec: Spec;
  readonly atSeconds: number;
  readonly observation: Observation;
  readonly decision: Decision;
  readonly outcome: Outcome;
  readonly error?: string | undefined;
  /** Of an earlier cycle: the interval that has just ended, credited to the decision that was felt in it. */
  readonly reward?: Credited | undefined;
  readonly learning?: LearningReport | undefined;
  /** When each stage of the cycle ran, by the wall clock (the cycle itself may run on simulated time). */
  readonly stages?: readonly Stage[] | undefined;
};

/** What an agent reads of a cycle and what it adds: its whole specification, and a node of the graph as it stands. */
export type Agent<Reads extends keyof Cycle, Writes extends keyof Cycle> = (
  c: Pick<Cycle, Reads>,
  run?: AgentRun,
) => Promise<Pick<Cycle, Writes>>;

export type Stage = { readonly name: string; readonly startedAt: number; readonly seconds: number };

/** The reward of an earlier cycle; its trace is named so that the span of the reward can be linked to it. */
export type Credited = {
  readonly decisionId: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly reward: Reward;
};

/** The part of a policy that survives: JSON, with typed arrays as base64 where a policy has them. */
export type Snapshot = {
  readonly schemaVersion: number;
  readonly policy: string;
  /** Counts up by one with each save. */
  readonly version: number;
  readonly atSeconds: number;
  /** How much was lived through to learn this (visits, steps): a snapshot is never overwritten with less. */
  readonly experience: number;
  readonly data: unknown;
};

/** What the limits and the doubt rules remember of earlier cycles: a value, rebuilt from the records after a restart. */
export type Past = {
  /** Unclamped wishes, newest last, no older than the longest window in use. */
  readonly recommendations: readonly { readonly atSeconds: number; readonly replicas: number }[];
  readonly scalings: readonly { readonly atSeconds: number; readonly change: number }[];
  /** Observations in a row without a usable demand sample, and when the first of them fell. */
  readonly misses: number;
  readonly missedSince?: number | undefined;
  /** Where there is a flap budget: when the size last rose, if it has not fallen since, and the rises that were undone. */
  readonly risenAt?: number | undefined;
  readonly turnedAt?: readonly number[] | undefined;
};
