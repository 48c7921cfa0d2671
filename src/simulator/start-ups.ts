import { random } from '#core/random';

/**
 * How long each replica takes to start, in whole seconds. With a coefficient of variation v each draws from a log-normal
 * law of the same mean m: ln N(ln m − σ²/2, σ²) with σ² = ln(1 + v²). The n-th replica that is ordered draws the
 * n-th time, whoever orders it.
 */
export const startUps = (meanSeconds: number, variation = 0, seed = 0): (() => number) => {
  if (variation === 0) {
    const always = Math.ceil(meanSeconds);
    return () => always;
  }
  const rng = random(seed, 0x57a27);
  const variance = Math.log(1 + variation ** 2);
  const deviation = Math.sqrt(variance);
  // Rounded to the nearest: always up would add half a second to the mean.
  return () => Math.round(meanSeconds * Math.exp(deviation * rng.normal() - variance / 2));
};
