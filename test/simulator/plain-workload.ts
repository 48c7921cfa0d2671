import { lateShare, nextBacklog } from '#core/queue';

export type Order = { readonly at: number; readonly to: number };
export type PlainSettings = {
  readonly arrivals: ArrayLike<number>;
  readonly capacityPerReplica: number;
  readonly sloSeconds: number;
  readonly startUpSeconds: number;
  readonly initialReplicas: number;
};

/** The workload in the plainest words: every replica is one entry, the second at which it is ready. */
export const plainWorkload = (s: PlainSettings, orders: readonly Order[]) => {
  const c = s.capacityPerReplica;
  const fleet: number[] = new Array<number>(s.initialReplicas).fill(0);
  const sizes: { desired: number; ready: number }[] = [];
  const late: number[] = [];
  let backlog = 0;
  for (let t = 0; t < s.arrivals.length; t++) {
    for (const { to } of orders.filter(({ at }) => at === t)) {
      while (fleet.length < to) fleet.push(t + s.startUpSeconds);
      // The newest goes first: those that still start are newer than all that are ready.
      while (fleet.length > to) fleet.pop();
    }
    const ready = fleet.filter((at) => at <= t).length;
    const d = s.arrivals[t]!;
    const C = ready * c;
    const left = nextBacklog(backlog, d, C);
    const wait = C > 0 ? (backlog + left) / (2 * C) : Number.POSITIVE_INFINITY;
    late.push(d === 0 ? 0 : d * lateShare(d / C, wait, c, s.sloSeconds));
    sizes.push({ desired: fleet.length, ready });
    backlog = left;
  }
  return { sizes, late };
};
