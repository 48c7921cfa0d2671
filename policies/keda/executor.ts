/** What of a ScaledObject decides; undefined: not set. */
export type ScaledObject = {
  readonly minReplicaCount: number | undefined;
  readonly idleReplicaCount: number | undefined;
  readonly cooldownPeriod: number | undefined;
  readonly initialCooldownPeriod: number | undefined;
  readonly createdAtSeconds: number;
  /** undefined: no fallback section. */
  readonly fallbackReplicas: number | undefined;
};

export type Polled = {
  replicas: number;
  active: 'ScalerActive' | 'ScalerNotActive' | 'ScalerCooldown';
  ready: 'ScaledObjectReady' | 'PartialTriggerError' | 'TriggerError';
};

export const defaultCooldownSeconds = 300;

/**
 * `RequestScale` of pkg/scaling/executor/scale_scaledobjects.go of KEDA: from 0 (or idle) up and back down again. What
 * lies between it leaves to an HPA, the replicas of a fallback too. The answer is one object, written anew with each poll.
 */
export const executor = (object: ScaledObject, start?: number) => {
  const least = object.minReplicaCount ?? 0;
  const idle = object.idleReplicaCount;
  let lastActiveAt = start;
  const out: Polled = { replicas: 0, active: 'ScalerNotActive', ready: 'ScaledObjectReady' };

  const whenActive = (now: number, current: number, failing: boolean): void => {
    if ((idle !== undefined && current < least) || current === 0) {
      out.replicas = least > 0 ? least : 1;
      lastActiveAt = now;
    } else if (failing) out.ready = 'PartialTriggerError';
    else lastActiveAt = now;
  };

  /** Never active: only the initial cooldown counts. Either needs more than its period. */
  const cooledDown = (now: number): boolean =>
    lastActiveAt === undefined
      ? object.createdAtSeconds + (object.initialCooldownPeriod ?? 0) < now
      : lastActiveAt + (object.cooldownPeriod ?? defaultCooldownSeconds) < now;

  const whenInactive = (now: number, current: number, failing: boolean): void => {
    const { fallbackReplicas } = object;
    // With a fallback the size is held: an HPA is switched off at 0 and could not fall back any more.
    if (failing && fallbackReplicas !== undefined && fallbackReplicas !== 0) return;
    if (failing && fallbackReplicas === undefined) out.ready = 'TriggerError';
    else if ((idle !== undefined && current > idle) || (current > 0 && least === 0)) {
      if (cooledDown(now)) out.replicas = idle ?? least;
      else out.active = 'ScalerCooldown';
    } else if (current < least && idle === undefined) out.replicas = least;
  };

  return {
    /** `failing`: some trigger could not be read. */
    poll: (nowSeconds: number, active: boolean, failing: boolean, current: number): Polled => {
      out.replicas = current;
      out.active = active ? 'ScalerActive' : 'ScalerNotActive';
      out.ready = 'ScaledObjectReady';
      if (active) whenActive(nowSeconds, current, failing);
      else whenInactive(nowSeconds, current, failing);
      return out;
    },
    lastActiveAt: (): number | undefined => lastActiveAt,
  };
};
