import { random } from '#core/random';
import { adamFrom, adamStep } from './adam.ts';
import { chunkGradient, type Economy } from './chunk-gradient.ts';
import { type FeatureHistory, featureHistory, type Standard } from './feature-history.ts';
import { featureCount, featureTracker } from './features.ts';
import { firstWeights } from './lines.ts';
import { netEngine } from './net.ts';
import { syntheticLoad } from './synthetic.ts';

export const chunkSeconds = 48 * 60;

/** Time from the newest visible second to the first replica that an order can bring, in whole steps. */
export const lagSecondsOf = (startUpSeconds: number, stepSeconds: number): number =>
  (Math.ceil(startUpSeconds / stepSeconds) + 1) * stepSeconds;

export type PretrainSettings = {
  readonly economy: Economy;
  readonly ageSeconds: number;
  readonly loads: number;
  readonly steps: number;
  readonly batch: number;
  readonly seed: number;
};

const peakRate = 2e-3;
const warmUpSteps = 100;
const lastRateRatio = 0.03;
const decay = 1e-4;
const adam = { epsilon: 1e-7, meanRate: 0.003 };
const startShare = 0.1;
/** How often the mean cost of each load is measured anew, so that all loads weigh alike. */
const renewals = 4;

const emptyHistory = (standard: Standard, s: PretrainSettings, keepSeconds: number): FeatureHistory => {
  const { stepSeconds, startUpSeconds, capacityPerReplica } = s.economy;
  const tracker = featureTracker(capacityPerReplica, lagSecondsOf(startUpSeconds, stepSeconds));
  return featureHistory(tracker, standard, { stepSeconds, ageSeconds: s.ageSeconds, keepSeconds });
};

const historyOf = (counts: Float32Array, standard: Standard, s: PretrainSettings): FeatureHistory => {
  const history = emptyHistory(standard, s, counts.length);
  for (const count of counts) history.push(count);
  return history;
};

const identity: Standard = {
  mean: new Float32Array(featureCount),
  deviation: new Float32Array(featureCount).fill(1),
};

/** Mean and deviation of each feature over every 37th step. */
const measureStandard = (loads: readonly Float32Array[], s: PretrainSettings): Standard => {
  const sum = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount);
  let n = 0;
  for (const counts of loads) {
    const history = emptyHistory(identity, s, 0);
    for (const count of counts) {
      if (!history.push(count) || history.steps() % 37 !== 1) continue;
      n++;
      for (let i = 0; i < featureCount; i++) {
        sum[i]! += history.raw[i]!;
        squares[i]! += history.raw[i]! ** 2;
      }
    }
  }
  const mean = Float32Array.from(sum, (x) => x / n);
  const deviation = Float32Array.from(squares, (x, i) =>
    Math.max(1e-3, Math.sqrt(Math.max(0, x / n - (sum[i]! / n) ** 2))),
  );
  return { mean, deviation };
};

export type Pretraining = {
  readonly standard: Standard;
  net(seed: number, progress: (step: number, cost: number) => void): Float32Array;
};

/** Makes the synthetic loads and their features once; then trains as many nets on them as asked. */
export const pretraining = (s: PretrainSettings, progress: (load: number) => void): Pretraining => {
  const { stepSeconds, capacityPerReplica, maxReplicas } = s.economy;
  const loads = Array.from({ length: s.loads }, (_, i) => {
    const rng = random(s.seed, i, 0x10ad);
    const hours = rng.next() < 0.25 ? 50 + 22 * rng.next() : 2 * 17 ** rng.next();
    progress(i);
    return syntheticLoad(rng, hours, capacityPerReplica * maxReplicas);
  });
  const standard = measureStandard(loads, s);
  const histories = loads.map((counts) => historyOf(counts, standard, s));
  const chunkSteps = chunkSeconds / stepSeconds;
  const engine = netEngine(1, chunkSteps);
  const gradient = chunkGradient(s.economy, chunkSteps);

  /** Runs the net over `steps` steps from `start` on and the past behind them; leaves dO, gives the cost. */
  const play = (history: FeatureHistory, start: number, steps: number, weight: number): number => {
    engine.x.set(history.rows().subarray(start * featureCount, (start + steps) * featureCount));
    engine.forward(0, steps);
    const from = history.endOf(start) + s.ageSeconds;
    const chunk = {
      o: engine.o,
      scales: history.scales(),
      scalesAt: start,
      arrivals: history.arrivals(),
      from,
      steps,
    };
    return gradient.run(chunk, weight, engine.dO);
  };

  /** Steps whose whole interval lies within the history. */
  const usable = (history: FeatureHistory): number =>
    Math.floor((history.seconds() - s.ageSeconds - history.endOf(0)) / stepSeconds);

  const meanCost = (history: FeatureHistory): number => {
    const steps = usable(history);
    let cost = 0;
    for (let k = 0; k + 12 < steps; k += chunkSteps)
      cost += play(history, k, Math.min(chunkSteps, steps - k), 0);
    return cost / steps;
  };

  const net: Pretraining['net'] = (seed, report) => {
    const rng = random(seed, 0x7e7);
    const state = adamFrom(firstWeights(rng));
    let costs: number[] = [];
    let recent = 0;
    for (let step = 0; step < s.steps; step++) {
      engine.weights[0]!.set(state.weights);
      if (step % Math.ceil(s.steps / renewals) === 0) costs = histories.map(meanCost);
      engine.gradient.fill(0);
      let cost = 0;
      for (let b = 0; b < s.batch; b++) {
        const i = rng.integer(histories.length);
        const room = usable(histories[i]!) - chunkSteps;
        const start = rng.next() < startShare ? 0 : rng.integer(room);
        cost +=
          play(histories[i]!, start, chunkSteps, 1 / (costs[i]! * chunkSteps * s.batch)) /
          costs[i]! /
          chunkSteps;
        engine.backward(0, chunkSteps);
      }
      recent += 0.01 * (cost / s.batch - recent);
      const cosine = 0.5 * (1 + Math.cos((Math.PI * step) / s.steps));
      const rate =
        peakRate * Math.min(1, (step + 1) / warmUpSteps) * (lastRateRatio + (1 - lastRateRatio) * cosine);
      adamStep(state, engine.gradient, rate, decay, adam);
      report(step, recent);
    }
    return state.mean;
  };

  return { standard, net };
};
