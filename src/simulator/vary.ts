import { random, seedOf } from '#core/random';
import type { Load } from '#simulator/load';

/** Another run of the same load: begun elsewhere, faster or slower, of another size. */
export type Variation = {
  /** Whole steps by which the load is rotated: what is cut off at the front comes at the end. */
  readonly offsetSteps: number;
  /** 1.1: lasts a tenth longer. */
  readonly stretch: number;
  /** Factor of all rates. */
  readonly amplitude: number;
};

/** What may vary, each between its bounds; absent: as recorded. */
export type VariationRanges = {
  readonly offset?: boolean | undefined;
  readonly stretch?: readonly [least: number, most: number] | undefined;
  readonly amplitude?: readonly [least: number, most: number] | undefined;
};

/** Uniform on the logarithmic scale; always draws, so that one range says nothing about the others. */
const factor = (u: number, range: readonly [number, number] | undefined): number =>
  range === undefined ? 1 : range[0] * (range[1] / range[0]) ** u;

export const variationOf = (load: Load, ranges: VariationRanges, seed: number): Variation => {
  const rng = random(seed, seedOf(load.name), 0x5a1ad);
  const offset = rng.integer(load.rps.length);
  const [u, v] = [rng.next(), rng.next()];
  return {
    offsetSteps: ranges.offset === true ? offset : 0,
    stretch: factor(u, ranges.stretch),
    amplitude: factor(v, ranges.amplitude),
  };
};

/** Below this many seconds a step in whole seconds is too rough a measure of a stretch. */
const longStepSeconds = 10;

/**
 * Coarse loads are stretched by their step, to whole seconds, so that no reading is smoothed. Fine ones are counts:
 * each second takes that of the nearest, which keeps their noise.
 */
export const varied = (load: Load, { offsetSteps, stretch, amplitude }: Variation): Load => {
  const { stepSeconds, rps } = load;
  const n = rps.length;
  const at = (i: number): number => rps[(i + offsetSteps) % n]! * amplitude;
  if (stepSeconds >= longStepSeconds)
    return { ...load, stepSeconds: Math.round(stepSeconds * stretch), rps: rps.map((_, i) => at(i)) };
  const length = Math.max(2, Math.round(n * stretch));
  const nearest = (i: number): number => Math.min(n - 1, Math.floor(((i + 0.5) * n) / length));
  return { ...load, rps: Float64Array.from({ length }, (_, i) => at(nearest(i))) };
};

/** The first hours, two steps at least. */
export const firstHours = (load: Load, hours: number): Load => ({
  ...load,
  rps: load.rps.slice(0, Math.max(2, Math.ceil((hours * 3600) / load.stepSeconds))),
});
