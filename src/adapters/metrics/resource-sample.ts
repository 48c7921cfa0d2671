import type { Sample } from '#core/model';
import type { PodUsage } from './pod-metrics.ts';
import type { TargetPod } from './target-pods.ts';

export type ResourceSignal = {
  readonly metric: 'cpu' | 'memory';
  readonly staleAfterSeconds: number;
};

/** metrics-server asks the nodes each 15 s, knows a rate once it has asked twice, and that rate must begin after readiness. */
const firstSampleSeconds = 90;

type Usages = (pod: TargetPod) => PodUsage | undefined;
type Part = { readonly used: number; readonly requested: number | undefined; readonly sampleAt: number };

const isServing = ({ phase, ready, deleted }: TargetPod): boolean =>
  phase === 'Running' && ready === true && !deleted;

/** What pods use while they start is not of load: the HPA too waits until a sample's whole window is after readiness. */
const isOfLoad = (pod: TargetPod, { sampleAt, windowSeconds }: PodUsage): boolean =>
  pod.readyTransitionAt === undefined || sampleAt >= pod.readyTransitionAt + windowSeconds;

const partOf = (pod: TargetPod, usage: PodUsage | undefined, metric: 'cpu' | 'memory'): Part | undefined => {
  if (usage === undefined || (metric === 'cpu' && !isOfLoad(pod, usage))) return undefined;
  const [used, requested] =
    metric === 'cpu'
      ? [usage.cpuMilli, pod.requests.cpuMilli]
      : [usage.memoryBytes, pod.requests.memoryBytes];
  return used === undefined ? undefined : { used, requested, sampleAt: usage.sampleAt };
};

const named = (pods: readonly TargetPod[]): string =>
  pods
    .slice(0, 3)
    .map(({ name }) => name)
    .join(', ') + (pods.length > 3 ? ', …' : '');

/**
 * What the ready pods use of what they request, as one ratio, as old as the oldest sample in it. A pod without a sample
 * is left out: while it is new that is normal, up to half of the pods. Otherwise the number is `stale`, so that nothing
 * is lowered on it, where the HPA would take the missing pods to use all that they request.
 */
export const resourceSample = (
  { metric, staleAfterSeconds }: ResourceSignal,
  pods: readonly TargetPod[],
  usages: Usages,
  atSeconds: number,
): Sample => {
  const common = { metric, source: 'metrics-server' };
  const none = (state: 'empty' | 'error', detail: string): Sample => ({
    ...common,
    value: undefined,
    state,
    ageSeconds: 0,
    detail,
  });
  const serving = pods.filter(isServing);
  if (serving.length === 0) return none('empty', 'the target has no ready pod');
  const unasked = serving.filter(
    ({ requests }) => !((metric === 'cpu' ? requests.cpuMilli : requests.memoryBytes)! > 0),
  );
  if (unasked.length > 0)
    return none('error', `no ${metric} request of ${named(unasked)}: set resources.requests.${metric}`);

  const missing: TargetPod[] = [];
  let [used, requested, counted, sampleAt] = [0, 0, 0, Number.POSITIVE_INFINITY];
  for (const pod of serving) {
    const part = partOf(pod, usages(pod), metric);
    if (part === undefined) {
      missing.push(pod);
      continue;
    }
    used += part.used;
    requested += part.requested!;
    sampleAt = Math.min(sampleAt, part.sampleAt);
    counted++;
  }
  const late = missing.filter(
    ({ readyTransitionAt = 0 }) => atSeconds - readyTransitionAt > firstSampleSeconds,
  );
  if (counted === 0)
    return late.length === 0
      ? none('empty', `none of ${serving.length} ready pods has a sample yet`)
      : none('error', `none of ${serving.length} ready pods has a sample, ${named(late)} among them`);

  const ageSeconds = Math.max(0, atSeconds - sampleAt);
  const doubt =
    late.length > 0
      ? `${late.length} of ${serving.length} ready pods have no sample: ${named(late)}`
      : missing.length > counted
        ? `only ${counted} of ${serving.length} ready pods have a sample yet`
        : ageSeconds > staleAfterSeconds
          ? `the oldest sample is ${ageSeconds.toFixed(1)} s old, more than ${staleAfterSeconds} s`
          : undefined;
  return {
    ...common,
    value: used / requested,
    state: doubt === undefined ? 'ok' : 'stale',
    ageSeconds,
    ...(doubt !== undefined && { detail: doubt }),
  };
};
