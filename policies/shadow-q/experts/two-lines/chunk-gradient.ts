import { dropAfterSeconds } from '#core/queue';
import { highestExponent, lowestExponent, sigmoid, softplus } from './lines.ts';
import { equivalentPrice, usualService } from './steady.ts';

export type Economy = {
  readonly capacityPerReplica: number;
  /** Late are exp(−(SLO − w)·(1 − rho)·tail); under the law of src/core/queue.ts the tail is the capacity. */
  readonly tailPerSecond: number;
  readonly sloSeconds: number;
  readonly startUpSeconds: number;
  readonly latePrice: number;
  readonly switchPrice: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly stepSeconds: number;
};

/** Three inputs beside demand: what the same demand should cost depends on them. 0 is the usual case. */
export const conditionsOf = (e: Economy, ageSeconds: number): readonly number[] => [
  Math.log(Math.max(1, e.startUpSeconds) / 45),
  Math.log(Math.max(1e-9, equivalentPrice(e, { ...e, ...usualService })) / 1e-4),
  Math.log(Math.max(1, ageSeconds)),
];

export type Chunk = {
  /** Outputs of the net, two a step. */
  readonly o: Float32Array;
  /** Demand that the lines are relative to, by step, from `scalesAt` on. */
  readonly scales: Float32Array;
  readonly scalesAt: number;
  /** Arrivals in each second; the first step's decision acts on second `from`. */
  readonly arrivals: Float32Array;
  readonly from: number;
  readonly steps: number;
};

const largestStep = 0.5;
/** The last steps do not see what their orders bring: no gradient to them, nor to the first, which starts anywhere. */
const blindSteps = 12;

/**
 * The true cost of a stretch of the past as a function of the lines, and its gradient: demand does not depend on what
 * we do, so the past can be played again with any lines, through clamp, start-up delay and queue (as Madeka et al.,
 * "Deep Inventory Management", 2022, do for stock). N is real-valued.
 *
 *   N_k = clamp(N_{k−1}, lo_k, hi_k)     r_k = min(N_{k−L..k})     (cancelling takes starting replicas first)
 *   cost = Σ N_k·Δ/3600 + p·late(r_k, B_k) + q·|N_k − N_{k−1}|
 */
export const chunkGradient = (e: Economy, mostSteps: number) => {
  const { capacityPerReplica: c, tailPerSecond: tail, sloSeconds: slo, stepSeconds, latePrice: p } = e;
  const L = Math.ceil(e.startUpSeconds / stepSeconds);
  const low = new Float64Array(mostSteps);
  const high = new Float64Array(mostSteps);
  const N = new Float64Array(mostSteps);
  const oldest = new Int32Array(mostSteps);
  const lateByReady = new Float64Array(mostSteps);
  const lateByBacklog = new Float64Array(mostSteps);
  const endByReady = new Float64Array(mostSteps);
  const endByBacklog = new Float64Array(mostSteps);
  const g = new Float64Array(mostSteps);

  const bound = (x: number): number => Math.max(e.minReplicas, Math.min(e.maxReplicas, x));

  const draw = ({ o, scales, scalesAt, steps }: Chunk): void => {
    for (let k = 0; k < steps; k++) {
      const exponent = Math.max(lowestExponent, Math.min(highestExponent, o[2 * k]!));
      const lo = (scales[scalesAt + k]! / c) * Math.exp(exponent);
      low[k] = bound(lo);
      high[k] = bound(lo * Math.exp(softplus(o[2 * k + 1]!)));
      const before = k === 0 ? (low[0]! + high[0]!) / 2 : N[k - 1]!;
      N[k] = Math.max(low[k]!, Math.min(high[k]!, before));
    }
  };

  /** Plays the queue; gives the cost, switches not counted. */
  const play = ({ arrivals, from, steps }: Chunk): number => {
    let backlog = 0;
    let cost = 0;
    for (let k = 0; k < steps; k++) {
      let at = Math.max(0, k - L);
      for (let j = at + 1; j <= k; j++) if (N[j]! < N[at]!) at = j;
      oldest[k] = at;
      const r = N[at]!;
      const C = r * c;
      let late = 0;
      let lateR = 0;
      let lateB = 0;
      let byR = 0;
      let byB = 1;
      const end = from + (k + 1) * stepSeconds;
      for (let t = end - stepSeconds; t < end; t++) {
        const d = arrivals[t]!;
        let after = backlog + d - C;
        let afterR = byR - c;
        let afterB = byB;
        if (after <= 0) {
          after = 0;
          afterR = 0;
          afterB = 0;
        } else if (after > dropAfterSeconds * C) {
          after = dropAfterSeconds * C;
          afterR = dropAfterSeconds * c;
          afterB = 0;
        }
        const wait = (backlog + after) / (2 * C);
        if (d >= C || wait >= slo) late += d;
        else {
          const idle = 1 - d / C;
          const share = d * Math.exp(-(slo - wait) * idle * tail);
          late += share;
          // ∂ of −(SLO − w)·(1 − rho)·tail, with rho = d/(r·c).
          const waitR = (byR + afterR) / (2 * C) - wait / r;
          const waitB = (byB + afterB) / (2 * C);
          lateR += share * tail * (waitR * idle - ((slo - wait) * (1 - idle)) / r);
          lateB += share * tail * waitB * idle;
        }
        backlog = after;
        byR = afterR;
        byB = afterB;
      }
      lateByReady[k] = lateR;
      lateByBacklog[k] = lateB;
      endByReady[k] = byR;
      endByBacklog[k] = byB;
      cost += (N[k]! * stepSeconds) / 3600 + p * late;
    }
    return cost;
  };

  /** Writes weight · ∂cost/∂o into dO and gives the cost. */
  const run = (chunk: Chunk, weight: number, dO: Float32Array): number => {
    const { o, steps } = chunk;
    draw(chunk);
    const cost = play(chunk);
    g.fill(0, 0, steps);
    let byBacklog = 0;
    const q = e.switchPrice * weight;
    for (let k = steps - 1; k > 0; k--) {
      g[oldest[k]!]! += weight * (p * lateByReady[k]! + byBacklog * endByReady[k]!);
      byBacklog = p * lateByBacklog[k]! + byBacklog * endByBacklog[k]!;
      g[k]! += (weight * stepSeconds) / 3600;
      const turn = Math.sign(N[k]! - N[k - 1]!) * q;
      g[k]! += turn;
      g[k - 1]! -= turn;
      const ordered = N[k - 1]! < low[k]!;
      const released = N[k - 1]! > high[k]!;
      const gk = g[k]!;
      let d0 = 0;
      let d1 = 0;
      if (!ordered && !released) g[k - 1]! += gk;
      else if (k < steps - L - blindSteps) {
        const line = N[k]!;
        // At a bound only a gradient that leads back inside has an effect.
        const stuck = (line <= e.minReplicas && gk > 0) || (line >= e.maxReplicas && gk < 0);
        if (!stuck) {
          d0 = Math.max(-largestStep, Math.min(largestStep, gk * line));
          if (released)
            d1 = Math.max(-largestStep, Math.min(largestStep, gk * line * sigmoid(o[2 * k + 1]!)));
        }
      }
      dO[2 * k] = d0;
      dO[2 * k + 1] = d1;
    }
    dO[0] = 0;
    dO[1] = 0;
    return cost;
  };

  return { run };
};

export type ChunkGradient = ReturnType<typeof chunkGradient>;
