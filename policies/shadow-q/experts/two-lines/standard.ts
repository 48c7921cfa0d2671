import { demandFeatureCount, featureCount } from './features.ts';

/** How the raw features become inputs: (x − mean)/deviation, clipped. */
export type Standard = { readonly mean: Float32Array; readonly deviation: Float32Array };
export const mostDeviations = 4;

export const standardise = (
  raw: Float32Array,
  { mean, deviation }: Standard,
  out: Float32Array,
  at: number,
): void => {
  for (let i = 0; i < featureCount; i++) {
    const x = (raw[i]! - mean[i]!) / deviation[i]!;
    out[at + i] = Math.max(-mostDeviations, Math.min(mostDeviations, x));
  }
};

/** Writes the conditions into the first `steps` rows as inputs: they hold for all times alike. */
export const tell = (
  rows: Float32Array,
  steps: number,
  conditions: readonly number[],
  { mean, deviation }: Standard,
): void => {
  conditions.forEach((condition, i) => {
    const at = demandFeatureCount + i;
    const x = (Math.fround(condition) - mean[at]!) / deviation[at]!;
    const input = Math.max(-mostDeviations, Math.min(mostDeviations, x));
    for (let k = 0; k < steps; k++) rows[k * featureCount + at] = input;
  });
};
