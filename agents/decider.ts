import { fallback, inFallback } from '#core/doubt';
import { legal, limit } from '#core/limits';
import {
  type Agent,
  type Decision,
  type Observation,
  type Past,
  type Pause,
  type Spec,
  targetKey,
} from '#core/model';
import type { Policy } from '#core/policy';
import { type Rng, random, seedOf } from '#core/random';

export const decide = (
  policy: Policy,
  observation: Observation,
  spec: Spec,
  past: Past,
  rng: Rng,
  pauses?: readonly Pause[],
): Decision => {
  const allowed = legal(observation, spec, past, pauses);
  const choice = inFallback(observation, spec, past)
    ? fallback(observation, spec)
    : policy.decide(observation, allowed, rng);
  return limit(choice, allowed);
};

/** Chance of one cycle: it hangs on seed, target and time alone, so that a replay draws the same. */
export const chance = (seed: number, target: string, atSeconds: number): Rng =>
  random(seed, seedOf(target), Math.floor(atSeconds), Math.round((atSeconds % 1) * 1e6));

/** Asks the policy among what is legal, and applies the limit chain. */
export const decider =
  (given: {
    readonly policy: Policy;
    readonly seed: number;
    readonly past: () => Past;
    readonly pauses: () => readonly Pause[];
  }): Agent<'target' | 'spec' | 'atSeconds' | 'observation', 'decision'> =>
  async ({ target, spec, atSeconds, observation }) => ({
    decision: decide(
      given.policy,
      observation,
      spec,
      given.past(),
      chance(given.seed, targetKey(target), atSeconds),
      given.pauses(),
    ),
  });
