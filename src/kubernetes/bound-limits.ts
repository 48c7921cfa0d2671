import { legal, limit } from '#core/limits';
import type { Limited, Pause } from '#core/model';
import { emptyPast } from '#core/past';
import type { DecisionRecord } from '#ports';

/**
 * What took a wish away. A policy that chooses among the legal sizes is never limited, yet at the greatest size
 * somebody wants to read that it wanted more: then the wish of the expert in charge is walked through the chain again.
 */
export const boundLimits = (
  { observation, spec, decision }: DecisionRecord,
  pauses: readonly Pause[],
): readonly Limited[] => {
  if (decision.limits.length > 0 || decision.explored) return decision.limits;
  const wish = decision.values.find(({ option }) => option === decision.expert)?.replicas;
  if (wish === undefined || wish === decision.to) return decision.limits;
  const wished = { ...decision, action: wish - decision.from };
  return limit(wished, legal(observation, spec, emptyPast, pauses)).limits;
};
