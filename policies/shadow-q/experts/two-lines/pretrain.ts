import { type Rng, random } from '#core/random';
import { adamFrom, adamStep } from './adam.ts';
import { chunkGradient, conditionsOf, type Economy } from './chunk-gradient.ts';
import { type FeatureHistory, featureHistory } from './feature-history.ts';
import { featureCount, featureTracker } from './features.ts';
import { firstWeights } from './lines.ts';
import { netEngine } from './net.ts';
import type { Standard } from './standard.ts';
import { syntheticLoad } from './synthetic.ts';

export const chunkSeconds = 48 * 60;

/** Time from the newest visible second to the first replica that an order can bring, in whole steps. */
export const lagSecondsOf = (startUpSeconds: number, stepSeconds: number): number =>
  (Math.ceil(startUpSeconds / stepSeconds) + 1) * stepSeconds;

export type PretrainSettings = {
  /** The usual case; half of the loads are learnt for others, drawn around it. */
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
const usualShare = 0.6;
const ages = [1, 2, 5, 10, 15, 20, 30];

/** A made-up load and the target that it is for. */
type Lesson = { readonly counts: Float32Array; readonly economy: Economy; readonly ageSeconds: number };

const logUniform = (rng: Rng, a: number, b: number): number => a * (b / a) ** rng.next();

/** Start-up from 10 s to 4 min, late requests ten times cheaper to ten times dearer, fleets of 3 to 200, any metric age. */
const lessonOf = (s: PretrainSettings, i: number): Lesson => {
  const rng = random(s.seed, i, 0x10ad);
  const usual = rng.next() < usualShare;
  const economy = usual
    ? s.economy
    : {
        ...s.economy,
        startUpSeconds: Math.round(logUniform(rng, 10, 240)),
        latePrice: s.economy.latePrice * logUniform(rng, 0.1, 10),
        maxReplicas: rng.next() < 0.4 ? Math.round(logUniform(rng, 3, 200)) : s.economy.maxReplicas,
      };
  const hours = rng.next() < 0.25 ? 50 + 22 * rng.next() : 2 * 17 ** rng.next();
  const counts = syntheticLoad(rng, hours, economy.capacityPerReplica * economy.maxReplicas);
  return { counts, economy, ageSeconds: usual ? s.ageSeconds : ages[rng.integer(ages.length)]! };
};

const emptyHistory = (
  { economy, ageSeconds }: Lesson,
  standard: Standard,
  keepSeconds: number,
): FeatureHistory => {
  const { stepSeconds, startUpSeconds, capacityPerReplica } = economy;
  const tracker = featureTracker(capacityPerReplica, lagSecondsOf(startUpSeconds, stepSeconds));
  const conditions = conditionsOf(economy, ageSeconds);
  return featureHistory(tracker, standard, { stepSeconds, ageSeconds, keepSeconds, conditions });
};

const identity: Standard = {
  mean: new Float32Array(featureCount),
  deviation: new Float32Array(featureCount).fill(1),
};

/** Mean and deviation of each feature over every 37th step. */
const measureStandard = (lessons: readonly Lesson[]): Standard => {
  const sum = new Float64Array(featureCount);
  const squares = new Float64Array(featureCount);
  let n = 0;
  for (const lesson of lessons) {
    const history = emptyHistory(lesson, identity, 0);
    for (const count of lesson.counts) {
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
  const lessons = Array.from({ length: s.loads }, (_, i) => {
    progress(i);
    return lessonOf(s, i);
  });
  const standard = measureStandard(lessons);
  const { stepSeconds } = s.economy;
  const chunkSteps = chunkSeconds / stepSeconds;
  const engine = netEngine(1, chunkSteps);
  const courses = lessons.map((lesson) => {
    const history = emptyHistory(lesson, standard, lesson.counts.length);
    for (const count of lesson.counts) history.push(count);
    return { history, ageSeconds: lesson.ageSeconds, gradient: chunkGradient(lesson.economy, chunkSteps) };
  });
  type Course = (typeof courses)[number];

  /** Runs the net over `steps` steps from `start` on and the past behind them; leaves dO, gives the cost. */
  const play = (
    { history, ageSeconds, gradient }: Course,
    start: number,
    steps: number,
    weight: number,
  ): number => {
    engine.x.set(history.rows().subarray(start * featureCount, (start + steps) * featureCount));
    engine.forward(0, steps);
    const chunk = {
      o: engine.o,
      scales: history.scales(),
      scalesAt: start,
      arrivals: history.arrivals(),
      from: history.endOf(start) + ageSeconds,
      steps,
    };
    return gradient.run(chunk, weight, engine.dO);
  };

  /** Steps whose whole interval lies within the history. */
  const usable = ({ history, ageSeconds }: Course): number =>
    Math.floor((history.seconds() - ageSeconds - history.endOf(0)) / stepSeconds);

  const meanCost = (course: Course): number => {
    const steps = usable(course);
    let cost = 0;
    for (let k = 0; k + 12 < steps; k += chunkSteps)
      cost += play(course, k, Math.min(chunkSteps, steps - k), 0);
    return cost / steps;
  };

  const net: Pretraining['net'] = (seed, report) => {
    const rng = random(seed, 0x7e7);
    const state = adamFrom(firstWeights(rng));
    let costs: number[] = [];
    let recent = 0;
    for (let step = 0; step < s.steps; step++) {
      engine.weights[0]!.set(state.weights);
      if (step % Math.ceil(s.steps / renewals) === 0) costs = courses.map(meanCost);
      engine.gradient.fill(0);
      let cost = 0;
      for (let b = 0; b < s.batch; b++) {
        const i = rng.integer(courses.length);
        const room = usable(courses[i]!) - chunkSteps;
        const start = rng.next() < startShare ? 0 : rng.integer(room);
        cost +=
          play(courses[i]!, start, chunkSteps, 1 / (costs[i]! * chunkSteps * s.batch)) /
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
