/** Share of a replica's CPU at which the HPA's rule keeps a fleet: the best single target for the default late price. */
export const cpuLine = 0.62;

/** The size that the HPA's rule would keep for this demand. */
export const hpaRuleSize = (demand: number, capacityPerReplica: number): number =>
  Math.ceil(demand / (cpuLine * capacityPerReplica));
