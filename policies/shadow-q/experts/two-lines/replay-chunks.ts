import { random } from '#core/random';
import { type Chunk, chunkGradient, conditionsOf, type Economy } from './chunk-gradient.ts';
import { featureHistory } from './feature-history.ts';
import { featureCount, featureTracker } from './features.ts';
import { netEngine } from './net.ts';
import { chunkSeconds, lagSecondsOf } from './pretrain.ts';
import type { Prior } from './prior.ts';
import { syntheticLoad } from './synthetic.ts';

/** A stretch of a made-up load, ready to learn from: without some of these a calm week would unlearn bursts. */
export type ReadyChunk = Omit<Chunk, 'o'> & { readonly rows: Float32Array; readonly meanCost: number };

const loads = 60;
export const chunksOfLoad = 4;
const seed = 0x5eed;

/** Makes the chunks of one load after another, so that nobody waits for all of them. */
export const replayChunks = (economy: Economy, ageSeconds: number, prior: Prior) => {
  const chunks: ReadyChunk[] = [];
  const { stepSeconds, startUpSeconds, capacityPerReplica, maxReplicas } = economy;
  const steps = chunkSeconds / stepSeconds;
  const gradient = chunkGradient(economy, steps);
  const engine = netEngine(1, steps);
  engine.weights[0]!.set(prior.nets[0]!);
  let made = 0;

  const makeLoad = (): void => {
    const rng = random(seed, made++);
    const counts = syntheticLoad(rng, 4 * 4 ** rng.next(), capacityPerReplica * maxReplicas);
    const tracker = featureTracker(capacityPerReplica, lagSecondsOf(startUpSeconds, stepSeconds));
    const history = featureHistory(tracker, prior.standard, {
      stepSeconds,
      ageSeconds,
      keepSeconds: counts.length,
      conditions: conditionsOf(economy, ageSeconds),
    });
    for (const count of counts) history.push(count);
    const room = Math.floor((history.seconds() - ageSeconds - history.endOf(0)) / stepSeconds) - steps;
    const mine: ReadyChunk[] = [];
    let cost = 0;
    for (let i = 0; i < chunksOfLoad; i++) {
      const start = i === 0 && rng.next() < 0.4 ? 0 : rng.integer(room);
      const rows = history.rows().slice(start * featureCount, (start + steps) * featureCount);
      const from = history.endOf(start) + ageSeconds;
      const arrivals = history.arrivals().slice(from, from + steps * stepSeconds);
      const chunk = {
        scales: history.scales().slice(start, start + steps),
        scalesAt: 0,
        arrivals,
        from: 0,
        steps,
      };
      engine.x.set(rows);
      engine.forward(0, steps);
      cost += gradient.run({ ...chunk, o: engine.o }, 0, engine.dO);
      mine.push({ ...chunk, rows, meanCost: 0 });
    }
    for (const chunk of mine) chunks.push({ ...chunk, meanCost: cost / chunksOfLoad / steps });
  };

  return {
    /** Makes one load more; false when all are there. */
    makeMore: (): boolean => {
      if (made < loads) makeLoad();
      return made < loads;
    },
    chunks: chunks as readonly ReadyChunk[],
  };
};

export type ReplayChunks = ReturnType<typeof replayChunks>;

const shared = new Map<string, WeakRef<ReplayChunks>>();
/** Held for who comes next though nobody uses them now. */
const latest: ReplayChunks[] = [];
const mostLatest = 2;

/** One set for all targets with the same economy: they take 26 MB. */
export const sharedReplayChunks = (economy: Economy, ageSeconds: number, prior: Prior): ReplayChunks => {
  const key = JSON.stringify([economy, ageSeconds]);
  const known = shared.get(key)?.deref() ?? replayChunks(economy, ageSeconds, prior);
  shared.set(key, new WeakRef(known));
  if (!latest.includes(known)) latest.unshift(known);
  latest.length = Math.min(latest.length, mostLatest);
  return known;
};
