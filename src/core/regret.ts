import type { PolicySettings } from '#core/policy';

/** What a fleet cost over a stretch of recorded demand, late requests by the law. */
export type Paid = {
  /** `done`, `wanted`, or an autoscaler. */
  readonly name: string;
  readonly settings: PolicySettings;
  /** Replica-hours, late requests priced in. */
  readonly cost: number;
  readonly replicaHours: number;
  readonly lateShare: number;
  readonly scalings: number;
};

/** What was paid, and what others would have paid, all on the same recorded demand. */
export type Regret = {
  /** Of the part that is scored. */
  readonly fromSeconds: number;
  readonly toSeconds: number;
  /** In which the last rate is repeated, since none was recorded. */
  readonly heldSeconds: number;
  /** What was done stands first. */
  readonly paid: readonly Paid[];
};

/** What was done cost so much more than `name` would have; below 0: less. Undefined: it was not judged. */
export const regretAgainst = ({ paid }: Pick<Regret, 'paid'>, name: string): number | undefined => {
  const [done] = paid;
  const other = paid.find((each) => each.name === name);
  return done === undefined || other === undefined ? undefined : done.cost - other.cost;
};
