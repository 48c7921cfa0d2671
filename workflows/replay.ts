import { isDeepStrictEqual } from 'node:util';
import { chance, decide } from '#agents/decider';
import { reward, teach } from '#agents/rewarder';
import { legal } from '#core/limits';
import { type Decision, targetKey } from '#core/model';
import type { Policy } from '#core/policy';
import type { DecisionRecord } from '#ports';
import { type Memory, noMemory, remembering } from '#workflows/memory';

export type Difference = { readonly id: string; readonly recorded: Decision; readonly replayed: Decision };

/** As it is stored: without fields that hold nothing. */
const stored = (decision: Decision): unknown => JSON.parse(JSON.stringify(decision));

/**
 * Decides again, from the records alone, what was decided then, and learns again what was learnt. The policy must be
 * made as it was before the first record. Law: the replay of a run equals the run.
 */
export const replay = (given: {
  /** Of one target, oldest first, with their arrivals. */
  readonly records: readonly DecisionRecord[];
  readonly policy: Policy;
  readonly seed: number;
  readonly memory?: Memory;
}): readonly Difference[] => {
  const { policy, seed } = given;
  const differences: Difference[] = [];
  let memory = given.memory ?? noMemory;
  for (const record of given.records) {
    const { observation, spec, target, atSeconds, mode } = record;
    const rng = chance(seed, targetKey(target), atSeconds);
    const allowed = legal(observation, spec, memory.past, record.pauses, mode);
    const replayed = decide(policy, observation, spec, memory.past, rng, mode, allowed);
    if (!isDeepStrictEqual(stored(replayed), stored(record.decision)))
      differences.push({ id: record.id, recorded: record.decision, replayed });
    const scored = reward(policy, memory.recent, observation, spec);
    if (scored !== undefined) teach(policy, scored, memory.recent.at(-1)!.observation, observation, spec);
    memory = remembering(memory, record);
  }
  return differences;
};
