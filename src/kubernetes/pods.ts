import type { KubeApi, KubeObject } from './api.ts';

type Condition = { readonly type: string; readonly status: string; readonly reason?: string };

export type Pod = KubeObject & {
  readonly spec?: { readonly nodeName?: string };
  readonly status?: { readonly phase?: string; readonly conditions?: readonly Condition[] };
};

/** Those that the selector takes, `phase` narrowing them on the server. */
export const podsOf = async (
  api: Pick<KubeApi, 'request'>,
  given: { readonly namespace: string; readonly selector: string; readonly phase?: string },
  signal?: AbortSignal,
): Promise<readonly Pod[]> => {
  const { namespace, selector, phase } = given;
  const query = {
    labelSelector: selector,
    ...(phase !== undefined && { fieldSelector: `status.phase=${phase}` }),
    // From the API server's cache: what is counted here is looked at again soon.
    resourceVersion: '0',
  };
  const path = `/api/v1/namespaces/${namespace}/pods`;
  return (await api.request<{ readonly items: readonly Pod[] }>('GET', path, { query, signal })).items;
};

const wanted = ({ metadata }: Pod): boolean => metadata.deletionTimestamp === undefined;

const has = (pod: Pod, type: string, status: string): Condition | undefined =>
  pod.status?.conditions?.find((one) => one.type === type && one.status === status);

export const readyOf = (pods: readonly Pod[]): number =>
  pods.filter((pod) => wanted(pod) && has(pod, 'Ready', 'True') !== undefined).length;

/** The scheduler found no node for it. */
export const unschedulable = (pod: Pod): boolean =>
  wanted(pod) && has(pod, 'PodScheduled', 'False')?.reason === 'Unschedulable';
