import type { PodGroup, Target } from '#core/model';

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
