import type { Evidence } from '#core/facts';
import type { Outcome } from '#core/model';
import type { PolicyMaker, PolicySettings } from '#core/policy';

/** An autoscaler that is asked what it would have done. */
export type Peer = {
  readonly name: string;
  readonly make: PolicyMaker;
  readonly settings: PolicySettings;
  /** Seconds between two looks of the real thing; absent: those of the target. */
  readonly intervalSeconds?: number | undefined;
};

/** What stood for the pods of a look that did not keep them. */
export const podBases = ['pods', 'cpu', 'requests', 'nothing'] as const;
export type PodBasis = (typeof podBases)[number];

export type Other = {
  readonly name: string;
  /** An autoscaler in our place, or an expert of the policy that decided. */
  readonly kind: 'autoscaler' | 'expert';
  readonly settings: PolicySettings;
  /** The size that it would have asked for; undefined: it is not known, for this reason. */
  readonly to: number | undefined;
  readonly reason?: string | undefined;
  /** What the option was worth to the policy that decided. */
  readonly worth?: number | undefined;
};

/** What others would have done at the instant of a decision, from the size that was there and on the same samples. */
export type Others = {
  readonly from: number;
  /** What was decided, and what became of it. */
  readonly to: number;
  readonly outcome: Outcome;
  readonly reason: string;
  readonly others: readonly Other[];
  /** Looks before this one that the autoscalers remember, and of how many the pods were rebuilt. */
  readonly looks: number;
  readonly rebuilt: number;
  readonly basis: PodBasis;
};

export type OthersFound = { readonly others: Others; readonly evidence: Evidence };
