import type { Spec } from '#core/model';
import type { Shelf } from '#core/shelf';
import type { Economy } from '#policies/shadow-q/experts/two-lines/chunk-gradient';
import type { Prior } from '#policies/shadow-q/experts/two-lines/prior';
import type { FoundLaw } from '#policies/shadow-q/served/service';

/** What can be left out, one at a time, to see what it is worth. */
export const parts = ['calm', 'contexts', 'rules', 'floor'] as const;

export type MindSettings = {
  readonly spec: Spec;
  readonly seed: number;
  readonly learning: boolean;
  /** This expert decides whatever the table says: for ablations. */
  readonly pinned?: string | undefined;
  readonly without?: (typeof parts)[number] | undefined;
  readonly prior?: Prior;
  /** Rounds of learning are made beside the loop. */
  readonly beside?: boolean | undefined;
  /** Where that which rounds beside the loop need lies meanwhile; absent: in memory. */
  readonly shelf?: Shelf | undefined;
  /** Own past that is kept to learn from. */
  readonly pastSeconds?: number;
  /** Rounds begin no more often. */
  readonly leastRoundSeconds?: number | undefined;
  /** Steps of the history before the first that is still known. */
  readonly firstStep?: number;
  /** Steps that will be recalled before the state of then is restored. */
  readonly recalledSteps?: number;
  /** What was found out of the target, where it is not what the spec says. */
  readonly law?: FoundLaw | undefined;
};

export const economyOf = (spec: Spec): Economy => ({
  capacityPerReplica: spec.capacityPerReplica,
  tailPerSecond: spec.capacityPerReplica,
  sloSeconds: spec.sloSeconds,
  startUpSeconds: spec.startUpSeconds,
  latePrice: spec.latePrice,
  switchPrice: spec.switchPrice,
  minReplicas: spec.minReplicas,
  maxReplicas: spec.maxReplicas,
  stepSeconds: spec.intervalSeconds,
});

export const longestPastSeconds = 96 * 3600;
