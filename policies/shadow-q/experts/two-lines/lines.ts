import type { Rng } from '#core/random';
import { biasAt, layers, weightCount } from './net.ts';

/**
 * What the outputs mean. lo = s/c·exp(clip(o0, −2, 4)), hi = lo·exp(softplus(o1)), both in [min, max]; s is the demand
 * that the features are relative to, c what one replica serves. Below lo order up to it, above hi release down to it.
 */
export const lowestExponent = -2;
export const highestExponent = 4;

export const softplus = (x: number): number => (x > 20 ? x : Math.log1p(Math.exp(x)));
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export const lowLine = (o0: number, scale: number, capacity: number): number =>
  (scale / capacity) * Math.exp(Math.max(lowestExponent, Math.min(highestExponent, o0)));

export const highLine = (low: number, o1: number): number => low * Math.exp(softplus(o1));

/**
 * How much calmer than the lines a fleet moves, in parts of its size: a release of fewer replicas waits, an order goes
 * so far above the low line (to the middle at most), so that slow ramps take fewer and larger moves.
 */
export type Calm = { readonly release: number; readonly order: number };
export const calm: Calm = { release: 0.06, order: 0.03 };
export const restless: Calm = { release: 0, order: 0 };

/** The size that two lines want from `replicas`; whole replicas, half rounded up. */
export const towards = (replicas: number, low: number, high: number, { release, order }: Calm): number => {
  const least = Math.floor(low + 0.5);
  if (replicas < least)
    return Math.max(least, Math.floor(Math.min((low + high) / 2, low + order * replicas) + 0.5));
  const most = Math.floor(high + 0.5);
  return replicas - most >= Math.ceil(release * replicas) ? Math.min(replicas, most) : replicas;
};

/** Utilisation that an untrained net aims at, and the log of the logarithmic width between its lines. */
const firstUtilization = 0.62;
const firstWidth = -1;

export const firstWeights = (rng: Rng): Float32Array => {
  const w = new Float32Array(weightCount);
  let at = 0;
  const deviations = [Math.sqrt(1 / layers[0]), Math.sqrt(1.5 / layers[1]), 0.05];
  for (let layer = 0; layer < 3; layer++) {
    const weights = layers[layer]! * layers[layer + 1]!;
    for (let i = 0; i < weights; i++) w[at + i] = deviations[layer]! * rng.normal();
    at += weights + layers[layer + 1]!;
  }
  w[biasAt[2]] = Math.log(1 / firstUtilization);
  w[biasAt[2] + 1] = firstWidth;
  return w;
};
