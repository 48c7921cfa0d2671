import type { Workload } from './workload.ts';

/** The controller has not seen the newest spec yet, so its counts are of the one before. */
const unobserved = ({ observedGeneration, generation }: Workload): boolean => observedGeneration < generation;

/**
 * Whether new pods replace old ones. A scaling moves the generation too: only with another template than the one that was
 * settled it is a rollout. One that nobody saw settled may be.
 */
export const isRollingOut = (workload: Workload, settledDigest: string | undefined): boolean =>
  workload.replacing ||
  (workload.kind !== 'ReplicaSet' && unobserved(workload) && workload.templateDigest !== settledDigest);

/** The template of which all pods are, once that is sure. */
export const settledTemplate = (workload: Workload): string | undefined =>
  unobserved(workload) || workload.replacing ? undefined : workload.templateDigest;
