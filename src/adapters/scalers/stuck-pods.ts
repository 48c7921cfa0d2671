import type { Seen } from '#kubernetes/target-view';
import type { UnschedulablePods } from '#kubernetes/unschedulable-pods';

/** Pods of one target that no node has room for, looked at only while its replicas are long in starting. */
export type StuckPods = (
  given: { readonly starting: number; readonly namespace: string; readonly seen: Seen },
  signal?: AbortSignal,
) => Promise<number | undefined>;

export const stuckPods = (given: {
  readonly unschedulable: UnschedulablePods;
  readonly now: () => number;
  /** The scheduler needs a moment for every pod. */
  readonly afterSeconds: number;
}): StuckPods => {
  const { unschedulable, now, afterSeconds } = given;
  let startingSince: number | undefined;
  return async ({ starting, namespace, seen }, signal) => {
    if (starting === 0) {
      startingSince = undefined;
      return undefined;
    }
    startingSince ??= now();
    return now() - startingSince < afterSeconds ? undefined : unschedulable(namespace, seen, signal);
  };
};
