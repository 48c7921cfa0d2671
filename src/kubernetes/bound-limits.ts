import { legal, limit } from '#core/limits';
import type { Limited, Pause } from '#core/model';
import { emptyPast } from '#core/past';
import { isPrescribed } from '#core/prescribed';
import type { DecisionRecord } from '#ports';

/** Of the expert in charge; a policy without experts wishes for what it values most. */
const wishIn = ({ values, expert, reason }: DecisionRecord['decision']): number | undefined => {
  if (isPrescribed(reason)) return undefined;
  const option =
    expert === undefined
      ? values.toSorted((a, b) => b.value - a.value)[0]
      : values.find((one) => one.option === expert);
  return option?.replicas;
};

/**
 * What took a wish away. A policy that chooses among the legal sizes is never limited, yet at the greatest size
 * somebody wants to read that it wanted more: then its wish is walked through the chain again.
 */
export const boundLimits = (
  { observation, spec, decision }: DecisionRecord,
  pauses: readonly Pause[],
): readonly Limited[] => {
  if (decision.limits.length > 0 || decision.explored) return decision.limits;
  const wish = wishIn(decision);
  if (wish === undefined || wish === decision.to) return decision.limits;
  const wished = { ...decision, action: wish - decision.from };
  return limit(wished, legal(observation, spec, emptyPast, pauses)).limits;
};
