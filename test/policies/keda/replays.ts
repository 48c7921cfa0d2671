import { executor } from '#policies/keda/executor';
import { difference, type Vector } from '#test/policies/conformance';

export type KedaVector = Vector & {
  createdAtSeconds: number;
  minReplicaCount: number | null;
  idleReplicaCount: number | null;
  cooldownPeriodSeconds: number | null;
  initialCooldownPeriodSeconds: number | null;
  fallbackReplicas: number | null;
  steps: [number, 0 | 1, 0 | 1, number, number, number | null, string, string][];
};

/** The Ready condition as the vectors write it. */
const readyAs = {
  ScaledObjectReady: 'True:ScaledObjectReady',
  PartialTriggerError: 'Unknown:PartialTriggerError',
  TriggerError: 'False:TriggerError',
};

/** `RequestScale`, poll by poll. */
export const replayKeda = (v: KedaVector): string | undefined => {
  const scaled = executor({
    minReplicaCount: v.minReplicaCount ?? undefined,
    idleReplicaCount: v.idleReplicaCount ?? undefined,
    cooldownPeriod: v.cooldownPeriodSeconds ?? undefined,
    initialCooldownPeriod: v.initialCooldownPeriodSeconds ?? undefined,
    createdAtSeconds: v.createdAtSeconds,
    fallbackReplicas: v.fallbackReplicas ?? undefined,
  });
  for (const step of v.steps) {
    const [seconds, active, error, current, replicas, lastActive, activeReason, ready] = step;
    const out = scaled.poll(seconds, active === 1, error === 1, current);
    const why = difference(
      {
        replicas: out.replicas,
        lastActive: scaled.lastActiveAt() ?? null,
        activeReason: out.active,
        ready: readyAs[out.ready],
      },
      { replicas, lastActive, activeReason, ready },
    );
    if (why !== undefined) return `at ${seconds} s ${why}`;
  }
  return undefined;
};
