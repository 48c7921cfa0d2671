import type {
  Choice,
  Decision,
  LearningReport,
  Legal,
  Observation,
  Reward,
  Snapshot,
  Spec,
  Transition,
} from '#core/model';
import type { Rng } from '#core/random';

/** Who decides. A policy is a value with memory; all that it remembers comes back out of `snapshot()` and the demand history. */
export type Policy = {
  readonly name: string;
  /** Must return an action that leads into [legal.low, legal.high]. */
  decide(o: Observation, legal: Legal, rng: Rng): Choice;
  /** Scores the interval between two observations, in which `felt` was the decision whose effect was felt. */
  score(before: Observation, felt: Decision, now: Observation): Reward;
  learn(t: Transition): LearningReport;
  snapshot(): Omit<Snapshot, 'version'>;
  /** Version of the learned table that decides now; 0 before anything was learned. */
  tableVersion(): number;
};

/** Demand before the first observation, oldest first, without overlap. */
export type History = {
  readonly startsAt: number;
  /** Requests per second, one value a second; NaN where nothing was recorded. */
  readonly counts: Float32Array;
};

export type PolicySettings = Readonly<Record<string, unknown>>;

export type PolicyMaker = (given: {
  readonly spec: Spec;
  readonly seed: number;
  readonly settings: PolicySettings;
  readonly snapshot?: Snapshot | undefined;
  readonly history?: History | undefined;
}) => Policy;
