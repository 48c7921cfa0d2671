import { random } from '#core/random';
import { type Adam, adamStep } from './adam.ts';
import { chunkGradient, type Economy } from './chunk-gradient.ts';
import { netEngine } from './net.ts';
import { type OwnChunk, ownChunkCount } from './own-chunks.ts';
import { chunkSeconds } from './pretrain.ts';
import type { Prior } from './prior.ts';
import { sharedReplayChunks } from './replay-chunks.ts';

const replayedChunks = 4;
const batch = ownChunkCount + replayedChunks;
const replayWeight = 0.25;
/** Pull towards the shipped weights, as a share of the rate. */
const pull = 0.02;
const epsilon = 1e-5;

export type LessonStep = {
  readonly seed: number;
  readonly net: number;
  /** Adam steps made before. */
  readonly step: number;
  readonly rate: number;
  readonly meanRate: number;
  /** Of a step of this target. */
  readonly meanCost: number;
};

/** One step of Adam of one net, from stretches of the own past and, beside them, of made-up loads. */
export const lesson = (economy: Economy, ageSeconds: number, prior: Prior) => {
  const chunkSteps = chunkSeconds / economy.stepSeconds;
  const replay = sharedReplayChunks(economy, ageSeconds, prior);
  const gradient = chunkGradient(economy, chunkSteps);
  const engine = netEngine(1, chunkSteps);

  const learnFrom = (chunk: OwnChunk, weight: number): void => {
    engine.x.set(chunk.rows);
    engine.forward(0, chunk.steps);
    gradient.run({ ...chunk, o: engine.o }, weight / (chunk.steps * batch), engine.dO);
    engine.backward(0, chunk.steps);
  };

  return {
    replay,
    learn: (state: Adam, own: readonly OwnChunk[], of: LessonStep): void => {
      // The first draws chose the stretches of the own past.
      const rng = random(of.seed, of.net, of.step);
      for (let i = 0; i < ownChunkCount; i++) rng.next();
      engine.weights[0]!.set(state.weights);
      engine.gradient.fill(0);
      for (const chunk of own) learnFrom(chunk, 1 / of.meanCost);
      for (let i = 0; i < replayedChunks; i++) {
        const chunk = replay.chunks[rng.integer(replay.chunks.length)]!;
        learnFrom(chunk, replayWeight / chunk.meanCost);
      }
      const { rate, meanRate } = of;
      adamStep(state, engine.gradient, rate, pull, { epsilon, meanRate }, prior.nets[of.net]);
    },
  };
};

export type Lesson = ReturnType<typeof lesson>;
