import type { Observation, Spec } from '#core/model';

export type Bounds = { readonly low: number; readonly high: number };

/**
 * The least and the greatest size that are asked for now: those of the spec, narrowed by the clock. Where they
 * contradict each other the spec is stronger than the clock, and a floor stronger than a ceiling.
 */
export const boundsNow = (
  { schedule }: Pick<Observation, 'schedule'>,
  { minReplicas, maxReplicas }: Pick<Spec, 'minReplicas' | 'maxReplicas'>,
): Bounds => {
  const within = (size: number): number => Math.min(Math.max(size, minReplicas), maxReplicas);
  const low = within(schedule?.minReplicas ?? minReplicas);
  return { low, high: Math.max(low, within(schedule?.maxReplicas ?? maxReplicas)) };
};
