import { type Target, targetKey } from '#core/model';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import { policyKey, targetOf } from '#operator/wanted';

/** Which policies name which target: of two the older has it, and the younger takes over when that one goes. */
export const byTarget = () => {
  const known = new Map<string, Map<string, ScalingPolicy>>();
  const of = (target: Target): readonly ScalingPolicy[] => [
    ...(known.get(targetKey(target))?.values() ?? []),
  ];

  const remove = (policy: ScalingPolicy): void => {
    const key = targetKey(targetOf(policy));
    const there = known.get(key);
    there?.delete(policyKey(policy));
    if (there?.size === 0) known.delete(key);
  };
  const add = (policy: ScalingPolicy): void => {
    const key = targetKey(targetOf(policy));
    const there = known.get(key) ?? new Map<string, ScalingPolicy>();
    known.set(key, there.set(policyKey(policy), policy));
  };

  return {
    of,
    apiVersionOf: (target: Target): string | undefined => of(target)[0]?.spec.targetRef.apiVersion,
    /** Takes note of the change; gives those who may be concerned by it. */
    changed: (
      before: ScalingPolicy | undefined,
      now: ScalingPolicy | undefined,
    ): readonly ScalingPolicy[] => {
      const concerned = [before, now].flatMap((one) => (one === undefined ? [] : of(targetOf(one))));
      if (before !== undefined) remove(before);
      if (now !== undefined) add(now);
      return concerned;
    },
  };
};

export type ByTarget = ReturnType<typeof byTarget>;
