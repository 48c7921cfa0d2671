import type { KubeApi } from '#kubernetes/api';
import { orAborted } from '#kubernetes/or-aborted';
import { podsOf, unschedulableOf } from '#kubernetes/pods';

const lookEverySeconds = 15;

/** Pods of one target that no node has room for, looked at only while its replicas are long in starting. */
export type StuckPods = (
  given: {
    readonly starting: number;
    readonly namespace: string;
    readonly podSelector: string;
  },
  signal?: AbortSignal,
) => Promise<number | undefined>;

export const stuckPods = (given: {
  readonly api: KubeApi;
  readonly now: () => number;
  /** The scheduler needs a moment for every pod. */
  readonly afterSeconds: number;
}): StuckPods => {
  const { api, now, afterSeconds } = given;
  let startingSince: number | undefined;
  let last: { readonly at: number; readonly count: Promise<number> } | undefined;
  return async ({ starting, namespace, podSelector }, signal) => {
    const at = now();
    if (starting === 0) {
      startingSince = undefined;
      last = undefined;
      return undefined;
    }
    startingSince ??= at;
    if (at - startingSince < afterSeconds) return undefined;
    if (last === undefined || at - last.at >= lookEverySeconds) {
      const pending = podsOf(api, { namespace, selector: podSelector, phase: 'Pending' });
      const count = pending.then(unschedulableOf);
      last = { at, count };
      count.catch(() => {
        last = undefined;
      });
    }
    return orAborted(last.count, signal);
  };
};
