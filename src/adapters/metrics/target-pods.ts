import type { PodGroup, Target } from '#core/model';
import type { KubeObject } from '#kubernetes/api';
import { milliOf, wholeOf } from '#kubernetes/quantity';

/** What a metric source needs to know of a pod. */
export type TargetPod = Omit<
  PodGroup,
  'count' | 'requestMilli' | 'usageMilli' | 'sampleAt' | 'windowSeconds'
> & {
  readonly name: string;
  /** undefined: it has none yet. */
  readonly ip: string | undefined;
  /** Sums over its containers; undefined: one of them names no request. */
  readonly requests: { readonly cpuMilli: number | undefined; readonly memoryBytes: number | undefined };
};

/** The pods that are the target's own, those that are starting or going included; undefined: there is no such target. */
export type PodsOf = (target: Target, signal?: AbortSignal) => Promise<readonly TargetPod[] | undefined>;

type Container = {
  readonly restartPolicy?: string;
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
};

/** core/v1 */
export type Pod = KubeObject & {
  readonly spec?: {
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly startTime?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly lastTransitionTime?: string;
    }[];
  };
};

const phases = ['Pending', 'Running', 'Succeeded', 'Failed'] as const;

const secondsOf = (time: string | undefined): number | undefined =>
  time === undefined ? undefined : Date.parse(time) / 1000;

/** As the HPA adds up: init containers that keep running, too. */
const requested = (pod: Pod, resource: string, read: (text: string) => number | undefined) => {
  const { containers = [], initContainers = [] } = pod.spec ?? {};
  let sum = 0;
  for (const { resources } of [
    ...containers,
    ...initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ]) {
    const request = read(resources?.requests?.[resource] ?? '');
    if (request === undefined) return undefined;
    sum += request;
  }
  return sum;
};

export const targetPodOf = (pod: Pod): TargetPod => {
  const { metadata, status = {} } = pod;
  const ready = status.conditions?.find(({ type }) => type === 'Ready');
  return {
    name: metadata.name,
    ip: status.podIP,
    phase: phases.find((phase) => phase === status.phase) ?? 'Unknown',
    ready: ready && ready.status === 'True',
    readyTransitionAt: secondsOf(ready?.lastTransitionTime),
    startAt: secondsOf(status.startTime),
    deleted: metadata.deletionTimestamp !== undefined,
    requests: {
      cpuMilli: requested(pod, 'cpu', milliOf),
      memoryBytes: requested(pod, 'memory', wholeOf),
    },
  };
};
