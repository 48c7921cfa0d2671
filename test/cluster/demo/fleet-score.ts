import type { DrivenFleet } from '../load-driver.ts';

export type FleetScore = {
  readonly replicaHours: number;
  readonly lateShare: number;
  /** Replica-hours, late requests priced in. */
  readonly cost: number;
  readonly scalings: number;
  readonly reversals: number;
};

/** What a fleet has cost since the warm-up: replicas count from the order on, as the simulator counts them. */
export const fleetScore = (fleet: DrivenFleet, warmUpSeconds: number, latePrice: number): FleetScore => {
  const { requests, lateRequests } = fleet.totals;
  const replicaSeconds = fleet.desired.slice(warmUpSeconds).reduce((sum, size) => sum + size, 0);
  const replicaHours = replicaSeconds / 3600;
  return {
    replicaHours,
    lateShare: requests > 0 ? lateRequests / requests : 0,
    cost: replicaHours + latePrice * lateRequests,
    scalings: fleet.scalings(),
    reversals: fleet.reversals(),
  };
};
