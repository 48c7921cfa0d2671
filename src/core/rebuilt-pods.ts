import type { Observation, PodGroup, Spec } from '#core/model';
import type { PodBasis } from '#core/others';

const requestMilli = 1000;
/** Longer ago than any autoscaler asks. */
const longReadySeconds = 86_400;

const cpuOf = ({ samples }: Observation): number | undefined =>
  samples.find(({ metric, state, value }) => metric === 'cpu' && state === 'ok' && (value ?? -1) >= 0)?.value;

/**
 * A hold that nothing forced does not keep its pods. An HPA that looks at the fleet's mean CPU sees the same in as many pods
 * that are alike; where CPU was not read either, demand over what the ready replicas serve stands for it. Those that were
 * not ready are taken to have just begun.
 */
export const withPods = (
  o: Observation,
  spec: Spec,
): { readonly o: Observation; readonly basis: PodBasis } => {
  if (o.pods !== undefined && o.pods.length > 0) return { o, basis: 'pods' };
  const { ready, desired } = o.replicas;
  const cpu = cpuOf(o);
  const served = ready * spec.capacityPerReplica;
  const byDemand =
    o.demand !== undefined && o.demand >= 0 && served > 0 ? Math.min(1, o.demand / served) : undefined;
  const used = cpu ?? byDemand;
  if (used === undefined || ready <= 0) return { o: { ...o, pods: undefined }, basis: 'nothing' };
  const { atSeconds } = o;
  const group = { deleted: false, requestMilli, windowSeconds: 0 };
  const began = atSeconds - longReadySeconds;
  const running: PodGroup = {
    ...group,
    count: ready,
    phase: 'Running',
    ready: true,
    readyTransitionAt: began,
    startAt: began,
    usageMilli: Math.floor(used * requestMilli + 1e-6),
    sampleAt: atSeconds,
  };
  const starting: PodGroup = {
    ...group,
    count: desired - ready,
    phase: 'Pending',
    ready: false,
    readyTransitionAt: atSeconds,
    startAt: atSeconds,
    usageMilli: undefined,
    sampleAt: undefined,
  };
  return {
    o: { ...o, pods: desired > ready ? [running, starting] : [running] },
    basis: cpu === undefined ? 'requests' : 'cpu',
  };
};
