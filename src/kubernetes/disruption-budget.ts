import type { Floor } from '#core/circumstances';
import type { KubeObject } from './api.ts';
import { type LabelSelector, type Labels, matches } from './selectors.ts';

export type DisruptionBudgetObject = KubeObject & {
  readonly spec: { readonly selector?: LabelSelector; readonly minAvailable?: number | string };
};

export type DisruptionBudget = {
  readonly namespace: string;
  readonly name: string;
  readonly selector: LabelSelector | undefined;
  /** A number of pods, or `50%`. */
  readonly minAvailable: number | string;
};

/**
 * Undefined where it says `maxUnavailable`: that is how many may be away at a time, and those that are no longer wanted
 * are not away, so it names no least size.
 */
export const disruptionBudgetOf = ({
  metadata,
  spec,
}: DisruptionBudgetObject): DisruptionBudget | undefined =>
  spec.minAvailable === undefined
    ? undefined
    : {
        namespace: metadata.namespace ?? '',
        name: metadata.name,
        selector: spec.selector,
        minAvailable: spec.minAvailable,
      };

/** Rounded up, as the disruption controller does. A percentage is of the size that there is, so it bounds one step. */
const least = (minAvailable: number | string, replicas: number): number => {
  if (typeof minAvailable === 'number') return minAvailable;
  const percent = Number(minAvailable.replace(/%$/, ''));
  return Number.isFinite(percent) ? Math.ceil((percent * replicas) / 100) : replicas;
};

/**
 * The size below which a budget that selects these pods would be broken. Scaling down is no eviction, so nobody else
 * holds to it. Pods of other workloads that the same budget selects are not counted on.
 */
export const budgetFloor = (
  budgets: Iterable<DisruptionBudget>,
  podLabels: Labels,
  replicas: number,
): Floor | undefined => {
  let floor: Floor | undefined;
  for (const { name, selector, minAvailable } of budgets) {
    if (!matches(selector, podLabels)) continue;
    const needed = least(minAvailable, replicas);
    if (needed > (floor?.replicas ?? 0)) floor = { replicas: needed, name };
  }
  return floor;
};
