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
 * How much calmer than the lines a fleet moves, in parts of its size. An order goes so far above the low line (to the
 * middle of the two at most), so that slow ramps take fewer and larger moves; a release of fewer replicas waits. A
 * release that turns back what was ordered must be larger, and waits until what was too many since the order adds up to
 * so many seconds of the whole fleet: for 10 s a tenth too many waits for 100 s, a half for 20 s.
 */
export type Calm = {
  readonly order: number;
  readonly release: number;
  readonly turn: number;
  readonly turnSeconds: number;
};
export const calm: Calm = { order: 0.02, release: 0.06, turn: 0.1, turnSeconds: 10 };
export const restless: Calm = { order: 0, release: 0, turn: 0, turnSeconds: 0 };

/** What the last move leaves to wait for. */
export type Turn = {
  /** What was too many since the last order, in seconds of the whole fleet; infinite after a release. */
  readonly surplusSeconds: number;
  /** The size that waits: replicas beyond it are none of the order's. */
  readonly size: number;
};
export const noTurn: Turn = { surplusSeconds: Number.POSITIVE_INFINITY, size: 0 };

/** Whole replicas, half rounded up. */
const whole = (line: number): number => Math.floor(line + 0.5);

/** How many too many there are, in parts of the fleet. */
export const surplusRatio = (replicas: number, high: number): number =>
  replicas > whole(high) ? (replicas - whole(high)) / replicas : 0;

/** The size that two lines want from `replicas`. */
export const towards = (
  replicas: number,
  low: number,
  high: number,
  { order, release, turn, turnSeconds }: Calm,
  { surplusSeconds, size }: Turn = noTurn,
): number => {
  const least = whole(low);
  if (replicas < least) return Math.max(least, whole(Math.min((low + high) / 2, low + order * replicas)));
  const most = surplusSeconds < turnSeconds ? Math.max(size, whole(high)) : whole(high);
  const worthwhile = surplusSeconds === Number.POSITIVE_INFINITY ? release : turn;
  return replicas - most >= Math.ceil(worthwhile * replicas) ? Math.min(replicas, most) : replicas;
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
