import { fallback, inFallback } from '#core/doubt';
import { legal, limit } from '#core/limits';
import {
  type Agent,
  type Decision,
  type Mode,
  type Observation,
  type Past,
  type Pause,
  type Spec,
  targetKey,
} from '#core/model';
import type { Policy } from '#core/policy';
import { prescribed } from '#core/prescribed';
import { type Rng, random, seedOf } from '#core/random';

export const decide = (
  policy: Policy,
  observation: Observation,
  spec: Spec,
  past: Past,
  rng: Rng,
  mode: Mode = 'Auto',
  allowed = legal(observation, spec, past, undefined, mode),
): Decision => {
  const choice = inFallback(observation, spec, past)
    ? fallback(observation, spec)
    : policy.decide(observation, allowed, rng);
  return limit(prescribed(choice, observation, spec, mode), allowed);
};

/** Chance of one cycle: it hangs on seed, target and time alone, so that a replay draws the same. */
export const chance = (seed: number, target: string, atSeconds: number): Rng =>
  random(seed, seedOf(target), Math.floor(atSeconds), Math.round((atSeconds % 1) * 1e6));

/** Asks the policy among what is legal, heeds what the clock or a person prescribes, and applies the limit chain. */
export const decider =
  (given: {
    readonly policy: Policy;
    readonly seed: number;
    /** Absent: `Auto`. */
    readonly mode?: Mode | undefined;
    readonly past: () => Past;
    readonly pauses: () => readonly Pause[];
  }): Agent<'target' | 'spec' | 'atSeconds' | 'observation', 'decision'> =>
  async ({ target, spec, atSeconds, observation }, run) => {
    const { policy, seed, mode } = given;
    const past = given.past();
    const limits = () => legal(observation, spec, past, given.pauses(), mode);
    const allowed = run?.timed === undefined ? limits() : run.timed('limits', limits);
    run?.allowed?.(allowed);
    const rng = chance(seed, targetKey(target), atSeconds);
    return { decision: decide(policy, observation, spec, past, rng, mode, allowed) };
  };
