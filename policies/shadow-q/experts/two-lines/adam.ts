/** Adam (Kingma, Ba 2015) with decoupled decay (Loshchilov, Hutter 2019) and an exponential mean of the weights. */
export type AdamSettings = { readonly epsilon: number; readonly meanRate: number };

export const largestNorm = 1;
const beta1 = 0.9;
const beta2 = 0.999;

export type Adam = {
  readonly weights: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** The mean of the weights: this is what acts. */
  readonly mean: Float32Array;
  steps: number;
};

export const adamFrom = (weights: Float32Array): Adam => ({
  weights: weights.slice(),
  m: new Float32Array(weights.length),
  v: new Float32Array(weights.length),
  mean: weights.slice(),
  steps: 0,
});

/** One step downhill. `pull` draws the weights towards `anchor` (absent: towards zero), scaled by the rate. */
export const adamStep = (
  a: Adam,
  gradient: Float32Array,
  rate: number,
  pull: number,
  { epsilon, meanRate }: AdamSettings,
  anchor?: Float32Array,
): void => {
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! ** 2;
  const norm = Math.sqrt(squares);
  if (!Number.isFinite(norm)) return;
  const scale = norm > largestNorm ? largestNorm / norm : 1;
  a.steps++;
  const unbias1 = 1 - beta1 ** a.steps;
  const unbias2 = 1 - beta2 ** a.steps;
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]! * scale;
    a.m[i] = beta1 * a.m[i]! + (1 - beta1) * g;
    a.v[i] = beta2 * a.v[i]! + (1 - beta2) * g * g;
    const w = a.weights[i]!;
    const step = a.m[i]! / unbias1 / (Math.sqrt(a.v[i]! / unbias2) + epsilon);
    a.weights[i] = w - rate * (step + pull * (w - (anchor?.[i] ?? 0)));
    a.mean[i]! += meanRate * (a.weights[i]! - a.mean[i]!);
  }
};
