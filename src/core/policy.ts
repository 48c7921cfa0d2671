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
import type { Shelf } from '#core/shelf';

/** A round of learning that is made beside the loop, as values that another thread can be sent. */
export type Round = {
  readonly start: unknown;
  readonly parts: number;
  /** What part `i` learns from, with buffers that the taker may keep. Throws when that is no longer known. */
  part(i: number): { readonly value: unknown; readonly buffers: readonly ArrayBuffer[] };
};

/** The work of a round: a function of its start and its parts alone. */
export type RoundWork = {
  /** Makes some of what all rounds need; true while there is more to make. */
  prepare(): boolean;
  learn(part: unknown): void;
  result(): unknown;
};

/** Learning that is too long for a cycle: the policy says when a round is due and takes its result. */
export type Rounds = {
  /** Unix second from which on the next round may begin; undefined while one is under way, or nothing can be learnt. */
  dueAt(): number | undefined;
  /** What there is to win by learning: cost above that of the best expert, in parts of it. */
  regret(): number;
  begin(): Round;
  /** Its result, or undefined when there is none and the round is lost. Throws on a result that cannot be used. */
  end(result: unknown): void;
  /** Lets act what a round has ended with; true when there was something. Only between cycles. */
  settle(): boolean;
};

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
  /** There when it was made to learn beside the loop. */
  readonly rounds?: Rounds | undefined;
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
  /** Long learning is not done in line but offered as `rounds`, by those policies that have any. */
  readonly beside?: boolean | undefined;
  /** Where that which rounds need lies meanwhile; absent: in memory. */
  readonly shelf?: Shelf | undefined;
}) => Policy;
