import type { Policy } from '#core/policy';

/** Follows demand at 60 % of capacity with a little chance in it, and counts what it learns. */
export const smallPolicy = (capacityPerReplica = 50, learnt = 0): Policy => {
  let experience = learnt;
  let atSeconds = 0;
  return {
    name: 'small',
    decide: (o, { from, low, high }, rng) => {
      atSeconds = o.atSeconds;
      const needed = Math.ceil((o.demand ?? 0) / (0.6 * capacityPerReplica)) + rng.integer(2);
      const to = Math.min(Math.max(needed, low), high);
      return {
        action: to - from,
        state: `learnt=${experience}`,
        explored: false,
        reason: to > from ? 'BelowLowLine' : to < from ? 'AboveHighLine' : 'BetweenLines',
        values: [{ option: 'needed', replicas: needed, value: 0 }],
      };
    },
    score: (before, felt, now) => {
      const stability = -Math.abs(felt.to - felt.from);
      return {
        total: -now.replicas.desired + stability,
        terms: { efficiency: -now.replicas.desired, slo: 0, stability },
        window: { from: before.atSeconds, to: now.atSeconds },
        lateFrom: 'law',
      };
    },
    learn: () => {
      experience += 1;
      return { visits: experience };
    },
    snapshot: () => ({ schemaVersion: 1, policy: 'small', atSeconds, experience, data: { experience } }),
    tableVersion: () => experience,
  };
};
