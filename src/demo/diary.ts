/** What one fleet was and paid in each bin of the day; NaN where the day has not come yet. */
export type FleetDiary = {
  readonly name: string;
  readonly ready: Float64Array;
  readonly desired: Float64Array;
  /** Share of the bin's requests that was late. */
  readonly late: Float64Array;
};

export type Diary = {
  readonly binSeconds: number;
  /** Mean requests per second. */
  readonly demand: Float64Array;
  readonly fleets: readonly FleetDiary[];
  /** Bins that are complete. */
  readonly bins: () => number;
};

/** What a diary asks of a workload: it has lived to the end of the bin. */
export type Diarist = {
  ready(): number;
  desired(): number;
  late(from: number, to: number): number;
};

const unknown = (length: number): Float64Array => new Float64Array(length).fill(Number.NaN);

/** A day in bins, written while it passes. */
export const diary = (
  arrivals: Float64Array,
  binSeconds: number,
  fleets: Readonly<Record<string, Diarist>>,
): Diary & { write(): void } => {
  const length = Math.ceil(arrivals.length / binSeconds);
  const demand = unknown(length);
  const pages = Object.entries(fleets).map(([name, fleet]) => ({
    fleet,
    page: { name, ready: unknown(length), desired: unknown(length), late: unknown(length) },
  }));
  let bin = 0;
  return {
    binSeconds,
    demand,
    fleets: pages.map(({ page }) => page),
    bins: () => bin,
    /** The bin has passed for all fleets. */
    write: () => {
      const from = bin * binSeconds;
      const to = Math.min(from + binSeconds, arrivals.length);
      const requests = arrivals.subarray(from, to).reduce((sum, d) => sum + d, 0);
      demand[bin] = requests / (to - from);
      for (const { fleet, page } of pages) {
        page.ready[bin] = fleet.ready();
        page.desired[bin] = fleet.desired();
        page.late[bin] = requests > 0 ? fleet.late(from, to) / requests : 0;
      }
      bin++;
    },
  };
};
