import type { Legal, Observation } from '#core/model';
import { controller, type Sync } from './controller.ts';
import { type Memory, type NormaliserSettings, normaliser } from './normalise.ts';

type Scaling = { readonly atSeconds: number; readonly from: number; readonly change: number };
export type SteeringState = { readonly memory: Memory; readonly pending: Scaling | null };

/** `to`: the size within what is legal. */
export type Steered = { readonly sync: Sync; to: number };

/** An HPA from its metric's wish on, with all that it remembers; the wish −1 is a metric that failed. */
export const steering = (limits: NormaliserSettings, start?: SteeringState) => {
  const memory = normaliser(limits, start?.memory);
  const sync = controller(limits, memory);
  let pending = start?.pending ?? undefined;
  let out: Steered | undefined;

  /** A scaling counts against the rate policies once it was carried out: Shadow would otherwise limit itself. */
  const settle = (current: number): void => {
    if (pending !== undefined && current !== pending.from) memory.scaled(pending.change, pending.atSeconds);
    pending = undefined;
  };

  return {
    /** The answer is one object, written anew with each sync. */
    steer: (o: Observation, legal: Legal, wish: number): Steered => {
      const from = o.replicas.desired;
      settle(from);
      const answer = sync(o.atSeconds, from, wish);
      out ??= { sync: answer, to: from };
      out.to = Math.max(legal.low, Math.min(answer.desired, legal.high));
      if (limits.behavior !== undefined && out.to !== from)
        pending = { atSeconds: o.atSeconds, from, change: out.to - from };
      return out;
    },
    state: (): SteeringState => ({ memory: memory.memory(), pending: pending ?? null }),
  };
};

/** In the HPA's own words; why the size was kept or changed. */
export const syncReason = (sync: Sync, current: number, failure: string): string => {
  if (sync.active === 'ScalingDisabled') return 'ScalingDisabled';
  if (sync.active === 'MetricFailed') return failure;
  if (sync.rescale === 'aboveMax') return 'TooManyReplicas';
  if (sync.rescale === 'belowMin') return 'TooFewReplicas';
  if (sync.limited !== undefined && sync.limited !== 'DesiredWithinRange') return sync.limited;
  if (sync.desired > current) return 'MetricAboveTarget';
  if (sync.desired < current) return 'MetricsBelowTarget';
  return sync.able === 'ReadyForNewScale' ? 'DesiredWithinRange' : sync.able;
};
