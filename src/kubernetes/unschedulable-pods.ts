import { orAborted } from '#core/or-aborted';
import type { KubeApi } from './api.ts';
import { podsOf, unschedulable } from './pods.ts';
import { type Labels, matches } from './selectors.ts';
import type { Seen } from './target-view.ts';

/** By so much what is counted may be older. */
const sharedSeconds = 5;

/** How many pods of a target no node has room for. */
export type UnschedulablePods = (
  namespace: string,
  target: Pick<Seen, 'podSelector' | 'workload'>,
  signal?: AbortSignal,
) => Promise<number>;

type Listed = { readonly at: number; readonly pods: Promise<readonly Labels[]> };

/**
 * Pods that wait are listed once for all targets of a namespace, as long as the list is young: where many fleets grow at
 * once, one list for each would cost the API server as much as their pods. A kind whose selector is known as text alone
 * has the server select.
 */
export const unschedulablePods = (given: {
  readonly api: Pick<KubeApi, 'request'>;
  /** Of a clock that never steps back. */
  readonly now: () => number;
}): UnschedulablePods => {
  const lists = new Map<string, Listed>();

  const list = (namespace: string, selector: string): Promise<readonly Labels[]> => {
    const key = `${namespace}?${selector}`;
    const at = given.now();
    const known = lists.get(key);
    if (known !== undefined && at - known.at < sharedSeconds) return known.pods;
    for (const [old, { at: listedAt }] of lists) if (at - listedAt >= sharedSeconds) lists.delete(old);
    const pods = podsOf(given.api, { namespace, selector, phase: 'Pending' }).then((found) =>
      found.filter(unschedulable).map(({ metadata }) => metadata.labels ?? {}),
    );
    lists.set(key, { at, pods });
    // Who comes next asks anew.
    pods.catch(() => lists.delete(key));
    return pods;
  };

  return async (namespace, { podSelector, workload }, signal) => {
    const pods = await orAborted(list(namespace, workload === undefined ? podSelector : ''), signal);
    return workload === undefined
      ? pods.length
      : pods.filter((labels) => matches(workload.selector, labels)).length;
  };
};
