import type { PolicyMaker } from '#core/policy';
import { rulePolicy } from './rule.ts';
import { number, optional, read } from './settings.ts';

const name = 'static';

export const staticSettings = {
  replicas: optional(
    number('the size that is kept; absent: the greatest allowed', 1, {
      least: 0,
      most: 2 ** 31 - 1,
      whole: true,
    }),
  ),
};

/** One size for all times: what a fleet costs that nobody scales. */
export const staticPolicy: PolicyMaker = (given) => {
  const replicas = read(name, staticSettings, given.settings).replicas ?? given.spec.maxReplicas;
  return rulePolicy(name, given, () => ({
    decide: (_, legal) => {
      const to = Math.max(legal.low, Math.min(replicas, legal.high));
      return {
        action: to - legal.from,
        state: 'static',
        explored: false,
        reason: to === replicas ? 'AtFixedSize' : 'TowardsFixedSize',
        values: [{ option: 'static', replicas, value: 0 }],
      };
    },
    state: () => ({}),
  }));
};
