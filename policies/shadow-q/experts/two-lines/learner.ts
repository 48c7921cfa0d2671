import { random } from '#core/random';
import { type Adam, adamFrom, adamStep } from './adam.ts';
import { chunkGradient, type Economy } from './chunk-gradient.ts';
import type { FeatureHistory } from './feature-history.ts';
import { featureCount } from './features.ts';
import { netEngine } from './net.ts';
import { chunkSeconds } from './pretrain.ts';
import type { Prior } from './prior.ts';
import { sharedReplayChunks } from './replay-chunks.ts';

export type LearnerSettings = {
  readonly economy: Economy;
  readonly ageSeconds: number;
  readonly seed: number;
  readonly prior: Prior;
};

/** Rounds are frequent while little is known: from 5 min of age on, in the first hour, until 4 h, after. */
type Schedule = {
  readonly everySeconds: number;
  readonly steps: number;
  readonly rate: number;
  readonly meanRate: number;
};
const firstRoundSeconds = 300;
const scheduleAt = (age: number): Schedule =>
  age < 3600
    ? { everySeconds: 300, steps: 20, rate: 1e-3, meanRate: 0.2 }
    : { everySeconds: age < 4 * 3600 ? 1200 : 1800, steps: 8, rate: 5e-4, meanRate: 0.02 };

const ownChunks = 4;
const replayedChunks = 4;
const batch = ownChunks + replayedChunks;
const replayWeight = 0.25;
/** Pull towards the shipped weights, as a share of the rate. */
const pull = 0.02;
const epsilon = 1e-5;
export const pastSeconds = 96 * 3600;
const recentSeconds = 24 * 3600;
const shortestSeconds = 300;

/**
 * Goes on learning on the target's own past, beside made-up loads. A round is a few steps of Adam, one of them in each
 * cycle, so that no cycle waits long; its result acts when the round is over. Chance comes from the seed, the round and
 * the step alone: a replay learns the same.
 */
export const learner = ({ economy, ageSeconds, seed, prior }: LearnerSettings) => {
  const { stepSeconds } = economy;
  const chunkSteps = chunkSeconds / stepSeconds;
  const nets: Adam[] = prior.nets.map(adamFrom);
  const acting = prior.nets.map((net) => net.slice());
  const replay = sharedReplayChunks(economy, ageSeconds, prior);
  const gradient = chunkGradient(economy, chunkSteps);
  const engine = netEngine(1, chunkSteps);
  // [Adam steps before the moments began]
  const moments = new Float64Array(1);
  // [rounds finished, steps left in this round, second of the next round, rate, mean rate, Adam steps]
  const scalars = new Float64Array([0, 0, firstRoundSeconds, 0, 0, 0]);

  const learnFrom = (
    rows: Float32Array,
    chunk: { scales: Float32Array; scalesAt: number; arrivals: Float32Array; from: number; steps: number },
    weight: number,
  ): void => {
    engine.x.set(rows);
    engine.forward(0, chunk.steps);
    gradient.run({ ...chunk, o: engine.o }, weight / (chunk.steps * batch), engine.dO);
    engine.backward(0, chunk.steps);
  };

  /** A stretch of the own past, as long as there is: two anywhere in 96 h, two near the end. */
  const ownChunk = (history: FeatureHistory, i: number, u: number, meanCost: number): void => {
    // Steps whose whole interval has been seen.
    const end = history.steps() - 1 - Math.ceil(ageSeconds / stepSeconds);
    const kept = Math.min(end - history.firstStep(), Math.floor(pastSeconds / stepSeconds));
    const steps = Math.min(chunkSteps, kept);
    if (steps * stepSeconds < shortestSeconds) return;
    const back = i < 2 ? steps + u * (kept - steps) : u * u * (recentSeconds / stepSeconds);
    const start = Math.floor(Math.max(end - kept, Math.min(end - steps, end - back)));
    const at = start - history.firstStep();
    if (
      history
        .filled()
        .subarray(at, at + steps)
        .includes(1)
    )
      return;
    const rows = history.rows().subarray(at * featureCount, (at + steps) * featureCount);
    const from = history.endOf(start) + ageSeconds - history.firstSecond();
    learnFrom(
      rows,
      { scales: history.scales(), scalesAt: at, arrivals: history.arrivals(), from, steps },
      1 / meanCost,
    );
  };

  const adamStepOf = (net: number, history: FeatureHistory, meanCost: number): void => {
    const state = nets[net]!;
    const rng = random(seed, net, scalars[5]!);
    engine.weights[0]!.set(state.weights);
    engine.gradient.fill(0);
    for (let i = 0; i < ownChunks; i++) ownChunk(history, i, rng.next(), meanCost);
    for (let i = 0; i < replayedChunks; i++) {
      const chunk = replay.chunks[rng.integer(replay.chunks.length)]!;
      learnFrom(chunk.rows, chunk, replayWeight / chunk.meanCost);
    }
    adamStep(state, engine.gradient, scalars[3]!, pull, { epsilon, meanRate: scalars[4]! }, prior.nets[net]);
  };

  /** After each step of the history; true when a round has ended and new nets act. */
  const advance = (history: FeatureHistory, meanCost: number): boolean => {
    const age = history.seconds();
    if (scalars[1] === 0) replay.makeMore();
    if (age < firstRoundSeconds) return false;
    if (scalars[1] === 0 && age >= scalars[2]!) {
      const schedule = scheduleAt(age);
      scalars[1] = schedule.steps;
      scalars[2] =
        scalars[2]! +
        Math.max(1, Math.ceil((age - scalars[2]! + 1e-9) / schedule.everySeconds)) * schedule.everySeconds;
      scalars[3] = schedule.rate;
      scalars[4] = schedule.meanRate;
    }
    if (scalars[1] === 0) return false;
    // A process that starts anew in the middle of a round has made none yet.
    while (replay.makeMore());
    for (let net = 0; net < nets.length; net++) adamStepOf(net, history, meanCost);
    scalars[5]!++;
    scalars[1]!--;
    if (scalars[1]! > 0) return false;
    scalars[0]!++;
    for (let net = 0; net < nets.length; net++) acting[net]!.set(nets[net]!.mean);
    return true;
  };

  const state: Record<string, Float32Array | Float64Array> = { learnerScalars: scalars, moments };
  nets.forEach(({ weights, m, v, mean }, i) => {
    Object.assign(state, {
      [`weights${i}`]: weights,
      [`m${i}`]: m,
      [`v${i}`]: v,
      [`mean${i}`]: mean,
      [`acting${i}`]: acting[i]!,
    });
  });

  /** Adam counts its own steps; they follow from ours. */
  const restored = (): void => {
    for (const net of nets) net.steps = scalars[5]! - moments[0]!;
  };

  /** After older means were restored: weights and what acts follow them, an open round is over. */
  const demoted = (): void => {
    nets.forEach((net, i) => {
      net.weights.set(net.mean);
      net.m.fill(0);
      net.v.fill(0);
      acting[i]!.set(net.mean);
    });
    moments[0] = scalars[5]!;
    scalars[1] = 0;
    restored();
  };

  return {
    advance,
    acting,
    rounds: () => scalars[0]!,
    state,
    /** The means are what a net has learnt; all else follows from them. */
    learnt: Object.fromEntries(nets.map(({ mean }, i) => [`mean${i}`, mean])),
    isSound: (): boolean =>
      nets.every(({ weights, m, v }, i) =>
        [weights, m, v, acting[i]!].every((values) => values.every(Number.isFinite)),
      ),
    restored,
    demoted,
    /** Under a history that begins, the times of the rounds begin too. */
    beganAnew: (): void => {
      restored();
      scalars[1] = 0;
      scalars[2] = firstRoundSeconds;
    },
  };
};

export type Learner = ReturnType<typeof learner>;
