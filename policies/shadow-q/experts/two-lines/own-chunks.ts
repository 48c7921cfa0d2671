import { random } from '#core/random';
import type { FeatureHistory, Stretch } from './feature-history.ts';
import { chunkSeconds } from './pretrain.ts';

/** A stretch of the own past. */
export type OwnChunk = Stretch;

export const ownChunkCount = 4;
const recentSeconds = 24 * 3600;
const shortestSeconds = 300;

/** What may be learnt from: the steps before `end`, `kept` of them. */
export type Past = { readonly end: number; readonly kept: number };

/** Steps whose whole interval has been seen, of the last so many seconds. */
export const pastOf = (
  history: FeatureHistory,
  stepSeconds: number,
  ageSeconds: number,
  pastSeconds: number,
): Past => {
  const end = history.steps() - 1 - Math.ceil(ageSeconds / stepSeconds);
  const most = Math.floor(pastSeconds / stepSeconds);
  return { end, kept: Math.min(end - history.firstKept(), most) };
};

/** Stretches as long as there are: two anywhere in the past, two near its end. Drawn by seed, net and step alone. */
export const ownChunks = (
  history: FeatureHistory,
  { end, kept }: Past,
  of: { readonly seed: number; readonly net: number; readonly step: number },
  stepSeconds: number,
): readonly OwnChunk[] => {
  const rng = random(of.seed, of.net, of.step);
  const steps = Math.min(chunkSeconds / stepSeconds, kept);
  const found: OwnChunk[] = [];
  if (steps * stepSeconds < shortestSeconds) return found;
  for (let i = 0; i < ownChunkCount; i++) {
    const u = rng.next();
    const back = i < 2 ? steps + u * (kept - steps) : u * u * (recentSeconds / stepSeconds);
    const start = Math.floor(Math.max(end - kept, Math.min(end - steps, end - back)));
    if (start < history.firstKept())
      throw new Error('[shadow-q] the past that this round was to learn from is gone: begin another');
    const chunk = history.stretch(start, steps);
    if (chunk !== undefined) found.push(chunk);
  }
  return found;
};

/** With buffers of their own, which may be given to another thread. */
export const copied = (chunk: OwnChunk, stepSeconds: number): OwnChunk => ({
  rows: chunk.rows.slice(),
  scales: chunk.scales.slice(chunk.scalesAt, chunk.scalesAt + chunk.steps),
  scalesAt: 0,
  arrivals: chunk.arrivals.slice(chunk.from, chunk.from + chunk.steps * stepSeconds),
  from: 0,
  steps: chunk.steps,
});
