import type { Adam } from './adam.ts';
import type { Economy } from './chunk-gradient.ts';
import { type Lesson, lesson } from './lesson.ts';
import type { OwnChunk } from './own-chunks.ts';
import { shippedPrior } from './prior.ts';

/** All that a round of learning begins with: plain values, which another thread can be sent. */
export type RoundStart = {
  /** As the spec says, and as the target was found to be. */
  readonly economy: Economy;
  readonly found: Economy;
  readonly ageSeconds: number;
  readonly seed: number;
  readonly meanCost: number;
  readonly rate: number;
  readonly meanRate: number;
  /** Adam steps made before. */
  readonly firstStep: number;
  readonly nets: readonly Adam[];
};
/** What one step of Adam learns from, net by net. */
export type RoundPart = readonly (readonly OwnChunk[])[];
export type RoundResult = { readonly nets: readonly Adam[] };

/** Made-up loads take 26 MB for each set of them; targets that cost alike share one. */
const mostLessons = 4;
const lessons = new Map<string, Lesson>();

const lessonFor = (economy: Economy, ageSeconds: number): Lesson => {
  const key = JSON.stringify([economy, ageSeconds]);
  const found = lessons.get(key) ?? lesson(economy, ageSeconds, shippedPrior(economy.stepSeconds));
  lessons.delete(key);
  lessons.set(key, found);
  const [oldest] = lessons.keys();
  if (lessons.size > mostLessons) lessons.delete(oldest!);
  return found;
};

/** The work of a round, step by step: a function of what it is given alone. */
export const roundWork = (given: unknown) => {
  const start = given as RoundStart;
  const { seed, meanCost, rate, meanRate, nets, found } = start;
  const { learn, replay } = lessonFor(start.economy, start.ageSeconds);
  let step = start.firstStep;
  return {
    /** Makes some of what all rounds need; true while there is more to make. */
    prepare: (): boolean => replay.makeMore(),
    learn: (part: unknown): void => {
      nets.forEach((net, n) => {
        learn(net, (part as RoundPart)[n]!, { seed, net: n, step, rate, meanRate, meanCost, found });
      });
      step++;
    },
    result: (): RoundResult => ({ nets }),
  };
};
