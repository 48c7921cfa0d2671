import { type Pod, type PodsOf, type TargetPod, targetPodOf } from '#adapters/metrics/target-pods';
import { indexed } from '#kubernetes/indexed';
import { type LiveMirror, liveMirror, type MirrorWorld } from '#kubernetes/live-mirror';
import { type Labels, matches } from '#kubernetes/selectors';
import type { TargetView } from '#kubernetes/target-view';

type Kept = TargetPod & { readonly namespace: string; readonly labels: Labels };

const keptOf = (pod: Pod): Kept => ({
  ...targetPodOf(pod),
  namespace: pod.metadata.namespace ?? '',
  labels: pod.metadata.labels ?? {},
});

/** What `a=b,c in (d, e)` takes; the selectors of `/scale` are written so. */
const query = (selector: string): string => new URLSearchParams({ labelSelector: selector }).toString();

/**
 * The pods of targets, out of one mirror of all pods that is opened when the first source asks for pods: to list them for
 * each target at each look would be a request a look.
 */
export const targetPods = (world: MirrorWorld, view: TargetView): PodsOf => {
  type Opened = {
    readonly all: LiveMirror<Kept>;
    readonly inNamespace: (namespace: string) => readonly Kept[];
  };
  let opened: Opened | undefined;
  const open = (): Opened => {
    const all = liveMirror<Pod, Kept>(world, { what: 'Pods', path: '/api/v1/pods', keep: keptOf });
    return {
      all,
      inNamespace: indexed({ items: all.items, keyOf: ({ namespace }) => namespace, now: world.now }),
    };
  };
  return async (target, signal) => {
    const { workload, podSelector } = await view.see(target, signal);
    if (workload === undefined) {
      const path = `/api/v1/namespaces/${target.namespace}/pods?${query(podSelector)}`;
      const { items } = await world.api.request<{ items: readonly Pod[] }>('GET', path, { signal });
      return items.map(targetPodOf);
    }
    opened ??= open();
    await opened.all.ready(signal);
    return opened.inNamespace(target.namespace).filter(({ labels }) => matches(workload.selector, labels));
  };
};
