import type { Call, Calls } from '#core/calls';
import { type PodGroup, type Sample, type Target, targetKey } from '#core/model';
import type { KubeApi } from '#kubernetes/api';
import { notedRequest } from '../noted-request.ts';
import { keptAnswer } from './kept-answer.ts';
import { collecting, type Noting, noteShared, noting, sharers } from './noting.ts';
import { type PodMetrics, type PodUsage, usageOf } from './pod-metrics.ts';
import { type ResourceSignal, resourceSample } from './resource-sample.ts';
import type { PodsOf, TargetPod } from './target-pods.ts';
import { whileRead } from './while-read.ts';

type Usages = ReadonlyMap<string, PodUsage> | { readonly fault: string };
type Listed = { readonly usages: Usages; readonly calls: readonly Call[] | undefined };

type Reading = {
  readonly withPods?: boolean;
  readonly abort?: AbortSignal | undefined;
  readonly calls?: Calls | undefined;
};

const keyOf = (namespace: string, pod: string): string => `${namespace}/${pod}`;

const podGroup = (
  { phase, ready, readyTransitionAt, startAt, deleted, requests }: TargetPod,
  usage: PodUsage | undefined,
): PodGroup => ({
  count: 1,
  phase,
  ready,
  readyTransitionAt,
  startAt,
  deleted,
  requestMilli: requests.cpuMilli,
  usageMilli: usage?.cpuMilli,
  sampleAt: usage?.sampleAt,
  windowSeconds: usage?.windowSeconds ?? 0,
});

/** The API server's words without the place, which the sample names. */
const faultOf = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^\[\w+\] /, '') : String(error);

/**
 * CPU and memory in use over what pods request. One list of metrics.k8s.io, of a namespace or of all, is shared by all
 * who read from it until it is `maxAgeSeconds` old.
 */
export const metricsServer = (given: {
  readonly api: Pick<KubeApi, 'request' | 'server'>;
  readonly podsOf: PodsOf;
  /** `each`: who may not list pod metrics in the whole cluster. */
  readonly namespaces: 'each' | 'all';
  readonly maxAgeSeconds: number;
  readonly retryAfterSeconds?: number;
  readonly timeoutSeconds?: number;
}) => {
  const { api, podsOf, maxAgeSeconds, retryAfterSeconds = 1, timeoutSeconds = 10 } = given;
  const lists = whileRead<ReturnType<typeof asker>>();

  const list = async (within: string, calls: Calls | undefined): Promise<Usages> => {
    try {
      const path = `/apis/metrics.k8s.io/v1beta1${within}/pods`;
      const { items = [] } = await notedRequest(
        noting(calls, 'list'),
        { method: 'GET', url: `${api.server}${path}` },
        () => api.request<{ items?: readonly PodMetrics[] }>('GET', path, { timeoutSeconds }),
      );
      const usages = new Map<string, PodUsage>();
      for (const item of items) {
        const usage = usageOf(item);
        if (usage !== undefined) usages.set(keyOf(item.metadata.namespace ?? '', item.metadata.name), usage);
      }
      return usages;
    } catch (error) {
      return { fault: faultOf(error) };
    }
  };

  const asker = (within: string) => {
    const readers = sharers();
    const answer = keptAnswer<Listed, Calls>({
      ask: async (_, by) => {
        readers.renewed();
        const heard = by && collecting(by.now);
        return { usages: await list(within, heard?.calls), calls: heard?.made };
      },
      keepsSeconds: ({ usages }) =>
        'fault' in usages ? Math.min(retryAfterSeconds, maxAgeSeconds) : maxAgeSeconds,
    });
    return { answer, readers };
  };

  const usagesOf = async (
    target: Target,
    atSeconds: number,
    abort: AbortSignal | undefined,
    to: Noting | undefined,
  ): Promise<Usages> => {
    const { namespace } = target;
    const within = given.namespaces === 'all' ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
    const ask = lists(within, atSeconds, () => asker(within));
    const { usages, calls } = (await ask.answer(atSeconds, abort, to?.calls)).answer;
    noteShared(to, calls, ask.readers.read(targetKey(target)));
    return usages;
  };

  const podsOrFault = async (target: Target, abort: AbortSignal | undefined) => {
    try {
      return (await podsOf(target, abort)) ?? { fault: 'the target is not there' };
    } catch (error) {
      abort?.throwIfAborted();
      return { fault: `its pods are unknown: ${faultOf(error)}` };
    }
  };

  return {
    /** Pods, one by one, only where somebody decides on them as the HPA does. */
    read: async (
      signals: readonly ResourceSignal[],
      target: Target,
      atSeconds: number,
      { withPods, abort, calls }: Reading = {},
    ): Promise<{ readonly samples: readonly Sample[]; readonly pods?: readonly PodGroup[] }> => {
      const [pods, usages] = await Promise.all([
        podsOrFault(target, abort),
        usagesOf(target, atSeconds, abort, noting(calls, signals.map(({ metric }) => metric).join('+'))),
      ]);
      const fault = 'fault' in pods ? pods.fault : 'fault' in usages ? usages.fault : undefined;
      if (fault !== undefined || 'fault' in pods || 'fault' in usages) {
        const samples = signals.map(
          ({ metric }): Sample => ({
            metric,
            source: 'metrics-server',
            value: undefined,
            state: 'error',
            ageSeconds: 0,
            detail: fault,
          }),
        );
        return { samples };
      }
      const usage = ({ name }: TargetPod) => usages.get(keyOf(target.namespace, name));
      return {
        samples: signals.map((signal) => resourceSample(signal, pods, usage, atSeconds)),
        ...(withPods === true && { pods: pods.map((pod) => podGroup(pod, usage(pod))) }),
      };
    },
  };
};

export type MetricsServer = ReturnType<typeof metricsServer>;
