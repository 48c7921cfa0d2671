import type { Rng } from '#core/random';

/** log k! by Stirling's series; exact enough (1e-10) from k = 10 on, by product below. */
const logFactorials = Float64Array.from({ length: 10 }, () => 0);
for (let k = 2; k < 10; k++) logFactorials[k] = logFactorials[k - 1]! + Math.log(k);
const logFactorial = (k: number): number => {
  if (k < 10) return logFactorials[k]!;
  const inverse = 1 / (k + 1);
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260;
  return (k + 0.5) * Math.log(k + 1) - (k + 1) + 0.9189385332046727 + series;
};

/** A Poisson variate: inversion below mean 10, else transformed rejection PTRS (Hörmann 1993). */
export const poisson = (mean: number, rng: Rng): number => {
  if (mean <= 0) return 0;
  if (mean < 10) {
    let p = Math.exp(-mean);
    let k = 0;
    for (let u = rng.next() - p; u > 0 && k < 1000; u -= p) p *= mean / ++k;
    return k;
  }
  const root = Math.sqrt(mean);
  const b = 0.931 + 2.53 * root;
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const vr = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = rng.next() - 0.5;
    const v = 1 - rng.next();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= k * Math.log(mean) - mean - logFactorial(k))
      return k;
  }
};
