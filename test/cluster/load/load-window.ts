import { readLoad } from '#cli/load-file';
import { arrivalsOf, type Drawing } from '#simulator/arrivals';

export type LoadWindow = {
  /** The name of one of experiments/loads, or a path. */
  readonly load: string;
  readonly draw: Drawing;
  readonly seed: number;
  /** The 95th percentile of the whole load becomes this share of what the largest fleet serves. */
  readonly scaleP95Ratio: number;
  readonly maxReplicas: number;
  readonly capacityPerReplica: number;
  readonly fromSecond: number;
  readonly seconds: number;
};

/** Requests in each second of the window, and of all that came before it. */
export const loadWindow = (given: LoadWindow): { readonly arrivals: Float64Array; before: Float64Array } => {
  const { draw, seed, scaleP95Ratio, maxReplicas, capacityPerReplica, fromSecond, seconds } = given;
  const p95PerSecond = scaleP95Ratio * maxReplicas * capacityPerReplica;
  const all = arrivalsOf(readLoad(given.load), { draw, seed, p95PerSecond });
  if (fromSecond + seconds > all.length)
    throw new Error(
      `[load] ${given.load} has ${all.length} s, the window ends at ${fromSecond + seconds}: begin earlier`,
    );
  return { arrivals: all.subarray(fromSecond, fromSecond + seconds), before: all.subarray(0, fromSecond) };
};
