import { random } from '#core/random';
import { type Adam, adamStep } from './adam.ts';
import { type ChunkGradient, chunkGradient, conditionsOf, type Economy } from './chunk-gradient.ts';
import { netEngine } from './net.ts';
import { type OwnChunk, ownChunkCount } from './own-chunks.ts';
import { chunkSeconds } from './pretrain.ts';
import type { Prior } from './prior.ts';
import { chunksOfLoad, type ReadyChunk, sharedReplayChunks } from './replay-chunks.ts';
import { tell } from './standard.ts';

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
  /** What was found out of this target. */
  readonly found: Economy;
};

/** Targets that share a lesson and were found to be of so many kinds. */
const mostKinds = 8;

/** What is learnt from depends on what a target was found to be. */
type Kind = {
  readonly own: ChunkGradient;
  /**
   * Made-up loads are in the units that were told: there late requests count as many as they would be in the found ones.
   */
  readonly replayed: ChunkGradient;
  /** undefined: as told. */
  readonly conditions: readonly number[] | undefined;
  readonly meanCosts: Map<number, number>;
};

/** One step of Adam of one net, from stretches of the own past and, beside them, of made-up loads. */
export const lesson = (told: Economy, ageSeconds: number, prior: Prior) => {
  const chunkSteps = chunkSeconds / told.stepSeconds;
  const replay = sharedReplayChunks(told, ageSeconds, prior);
  const engine = netEngine(1, chunkSteps);
  const asTold = chunkGradient(told, chunkSteps);
  const kinds = new Map<string, Kind>();

  const kindOf = (found: Economy): Kind => {
    const { capacityPerReplica: c, tailPerSecond, latePrice, startUpSeconds } = found;
    const serves = c === told.capacityPerReplica && tailPerSecond === told.tailPerSecond;
    if (serves && startUpSeconds === told.startUpSeconds)
      return { own: asTold, replayed: asTold, conditions: undefined, meanCosts: new Map() };
    const key = `${c} ${tailPerSecond} ${startUpSeconds}`;
    const price = (latePrice * c) / told.capacityPerReplica;
    const inTold = { ...told, tailPerSecond, startUpSeconds, latePrice: price };
    const kind = kinds.get(key) ?? {
      own: chunkGradient(found, chunkSteps),
      replayed: chunkGradient(inTold, chunkSteps),
      conditions: conditionsOf(found, ageSeconds),
      meanCosts: new Map(),
    };
    kinds.delete(key);
    kinds.set(key, kind);
    const [oldest] = kinds.keys();
    if (kinds.size > mostKinds) kinds.delete(oldest!);
    return kind;
  };

  const forward = ({ rows, steps }: OwnChunk, conditions?: readonly number[]): void => {
    engine.x.set(rows);
    if (conditions !== undefined) tell(engine.x, steps, conditions, prior.standard);
    engine.forward(0, steps);
  };

  const learnFrom = (chunk: OwnChunk, gradient: ChunkGradient, weight: number): void => {
    gradient.run({ ...chunk, o: engine.o }, weight / (chunk.steps * batch), engine.dO);
    engine.backward(0, chunk.steps);
  };

  /** Of a step of the shipped net on the load that chunk `i` is of. */
  const meanCostOf = (i: number, { replayed, conditions, meanCosts }: Kind): number => {
    if (conditions === undefined) return replay.chunks[i]!.meanCost;
    const load = Math.floor(i / chunksOfLoad);
    const known = meanCosts.get(load);
    if (known !== undefined) return known;
    const chunks = replay.chunks.slice(load * chunksOfLoad, (load + 1) * chunksOfLoad);
    engine.weights[0]!.set(prior.nets[0]!);
    const costOf = (chunk: ReadyChunk): number => {
      forward(chunk, conditions);
      return replayed.run({ ...chunk, o: engine.o }, 0, engine.dO);
    };
    const mean = chunks.reduce((sum, chunk) => sum + costOf(chunk), 0) / chunks.length / chunkSteps;
    meanCosts.set(load, mean);
    return mean;
  };

  return {
    replay,
    learn: (state: Adam, own: readonly OwnChunk[], of: LessonStep): void => {
      const kind = kindOf(of.found);
      // The first draws chose the stretches of the own past.
      const rng = random(of.seed, of.net, of.step);
      for (let i = 0; i < ownChunkCount; i++) rng.next();
      const drawn = Array.from({ length: replayedChunks }, () => rng.integer(replay.chunks.length));
      const meanCosts = drawn.map((i) => meanCostOf(i, kind));
      engine.weights[0]!.set(state.weights);
      engine.gradient.fill(0);
      for (const chunk of own) {
        forward(chunk);
        learnFrom(chunk, kind.own, 1 / of.meanCost);
      }
      drawn.forEach((i, k) => {
        forward(replay.chunks[i]!, kind.conditions);
        learnFrom(replay.chunks[i]!, kind.replayed, replayWeight / meanCosts[k]!);
      });
      const { rate, meanRate } = of;
      adamStep(state, engine.gradient, rate, pull, { epsilon, meanRate }, prior.nets[of.net]);
    },
  };
};

export type Lesson = ReturnType<typeof lesson>;
