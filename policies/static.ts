import type { Policy, PolicyMaker } from '#core/policy';
import { type CostState, costScore } from '#core/reward';
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
export const staticPolicy: PolicyMaker = ({ spec, settings, snapshot }): Policy => {
  const replicas = read(name, staticSettings, settings).replicas ?? spec.maxReplicas;
  const known = snapshot?.policy === name ? (snapshot.data as { readonly cost: CostState }) : undefined;
  const cost = costScore(spec, known?.cost);
  let decisions = snapshot?.experience ?? 0;
  let lastAt = snapshot?.atSeconds ?? 0;
  return {
    name,
    decide: (o, legal) => {
      decisions++;
      lastAt = o.atSeconds;
      const to = Math.max(legal.low, Math.min(replicas, legal.high));
      return {
        action: to - legal.from,
        state: 'static',
        explored: false,
        reason: to === replicas ? 'AtFixedSize' : 'TowardsFixedSize',
        values: [{ option: 'static', replicas, value: 0 }],
      };
    },
    score: cost.score,
    learn: () => ({}),
    snapshot: () => ({
      schemaVersion: 1,
      policy: name,
      atSeconds: lastAt,
      experience: decisions,
      data: { cost: cost.state() },
    }),
    tableVersion: () => 0,
  };
};
