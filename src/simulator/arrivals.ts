import { poisson } from '#core/poisson';
import { random } from '#core/random';
import type { Load } from '#simulator/load';

export const drawings = ['lines', 'steps'] as const;
export type Drawing = (typeof drawings)[number];

export type ArrivalSettings = {
  /** How a recorded rate becomes a rate each second: straight lines between the readings, or steps. */
  readonly draw: Drawing;
  readonly seed: number;
  /** The 95th percentile of the 60-s means becomes this many requests per second; absent: rates as they are. */
  readonly p95PerSecond?: number | undefined;
};

/**
 * Expected requests in each second. A reading is the mean of its step, so lines run from the middle of one step to the
 * middle of the next; before the first and after the last middle the rate is level.
 */
const rates = ({ rps, stepSeconds }: Load, draw: Drawing): Float64Array => {
  const perSecond = new Float64Array(Math.floor(rps.length * stepSeconds + 1e-6));
  for (let t = 0; t < perSecond.length; t++) {
    const at = draw === 'steps' ? Math.floor(t / stepSeconds) : (t + 0.5) / stepSeconds - 0.5;
    const i = Math.floor(at);
    const before = rps[Math.max(0, i)]!;
    const after = rps[Math.min(rps.length - 1, i + 1)]!;
    perSecond[t] = before + (after - before) * (at - i);
  }
  return perSecond;
};

const percentile95OfMinutes = (perSecond: Float64Array): number => {
  const minutes = Math.max(1, Math.floor(perSecond.length / 60));
  const seconds = Math.min(60, perSecond.length);
  const means = Float64Array.from({ length: minutes }, (_, m) => {
    let sum = 0;
    for (let s = 0; s < seconds; s++) sum += perSecond[m * 60 + s]!;
    return sum / seconds;
  }).sort();
  return means[Math.min(minutes - 1, Math.floor(0.95 * minutes))]!;
};

/** Readings of a finer step hold the noise of single arrivals themselves. */
const coarseSeconds = 10;

/**
 * Arrivals in each second. Loads recorded each second, or nearly, are counts already and get no noise; of coarser ones
 * only the rate is known, so their arrivals are drawn as Poisson counts.
 */
export const arrivalsOf = (load: Load, settings: ArrivalSettings): Float64Array => {
  const perSecond = rates(load, settings.draw);
  if (settings.p95PerSecond !== undefined) {
    const p95 = percentile95OfMinutes(perSecond);
    const scale = p95 > 0 ? settings.p95PerSecond / p95 : 1;
    for (let t = 0; t < perSecond.length; t++) perSecond[t]! *= scale;
  }
  if (load.stepSeconds < coarseSeconds) return perSecond;
  const rng = random(settings.seed, 0x10ad);
  return perSecond.map((mean) => poisson(mean, rng));
};
