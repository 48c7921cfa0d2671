import type { Holder } from '#core/circumstances';
import type { Mode, Pause } from '#core/model';
import type { DecisionRecord } from '#ports';
import type { Fault } from './fault.ts';
import type { PolicyStatus } from './scaling-policy.ts';

/** What became of the look for a policy's target. */
export type TargetFound = {
  readonly state:
    | 'not-yet-looked'
    | 'found'
    | 'not-found'
    | 'unknown-kind'
    | 'without-scale'
    /** Its selector picks pods of another workload too, or it has none. */
    | 'ambiguous-selector'
    /** Another policy has the same target, and came first. */
    | 'taken'
    /** Another object sets its size, as a Deployment does that of its ReplicaSets. */
    | 'owned'
    /** Its size is to be bounded by an HPA, and there is none. */
    | 'without-autoscaler'
    | 'forbidden'
    | 'failed';
  /** The API server's words, or the name of whoever is in the way. */
  readonly detail?: string | undefined;
};

/** All that is known of one policy, from which its status and its events are made. */
export type PolicyFacts = {
  readonly generation: number;
  readonly faults: readonly Fault[];
  /** `default/Deployment/web` */
  readonly targetKey: string;
  readonly target: TargetFound;
  /** In force; below `wanted` before a promotion and after a demotion. */
  readonly mode: Mode;
  /** `spec.mode` */
  readonly wanted: Mode;
  /** Its policy is one that learns, and learning is not switched off. */
  readonly learns: boolean;
  /** The newest since the policy was taken up. */
  readonly record?: DecisionRecord | undefined;
  readonly pauses: readonly Pause[];
  readonly holder?: Holder | undefined;
  readonly proposal?: PolicyStatus['proposal'] | undefined;
  readonly canaryRatio?: number | undefined;
  readonly owner?: string | undefined;
};
