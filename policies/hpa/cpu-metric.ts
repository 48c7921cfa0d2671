import type { Behavior, Observation } from '#core/model';
import { isWithin, type Proposal, resourceReplicas, type Tolerances } from './calculator.ts';
import type { ReadinessRules } from './pods.ts';

/** `behavior` knows tolerances of their own for ups and downs. */
export const tolerancesOf = (behavior: Behavior | undefined, preset: number): Tolerances => ({
  up: behavior?.scaleUp?.tolerance ?? preset,
  down: behavior?.scaleDown?.tolerance ?? preset,
});

/** What an HPA on CPU proposes before limits; undefined when nobody tells about pods nor about CPU. */
export const cpuMetric = (targetPercent: number, tolerances: Tolerances, readiness: ReadinessRules) => {
  /** Where nobody tells about pods: the mean CPU of ready replicas, truncated to whole percent as the HPA does. */
  const bySample = (o: Observation, current: number): Proposal | undefined => {
    for (const { metric, state, value } of o.samples) {
      if (metric !== 'cpu' || state !== 'ok' || value === undefined || !(value >= 0)) continue;
      const usage = Math.floor(100 * value + 1e-9);
      const ratio = usage / targetPercent;
      const { ready } = o.replicas;
      const replicas = isWithin(tolerances, ratio) ? current : Math.ceil(ratio * ready);
      return ready > 0 ? { replicas, usage, average: 0, error: undefined } : undefined;
    }
    return undefined;
  };

  return (o: Observation): Proposal | undefined => {
    const current = o.replicas.desired;
    return o.pods !== undefined && o.pods.length > 0
      ? resourceReplicas(current, targetPercent, o.pods, o.atSeconds, tolerances, readiness)
      : bySample(o, current);
  };
};
