import { grouped, type Row, runOf } from './rows.ts';

export type Point = { readonly lateShare: number; readonly replicaHours: number };

/** Those that no other beats in both, from the fewest late requests to the most. */
export const frontier = (points: readonly Point[]): readonly Point[] => {
  const sorted = points.toSorted((a, b) => a.lateShare - b.lateShare || a.replicaHours - b.replicaHours);
  let least = Number.POSITIVE_INFINITY;
  return sorted.filter(({ replicaHours }) => {
    const better = replicaHours < least;
    least = Math.min(least, replicaHours);
    return better;
  });
};

/**
 * Replica-hours that a frontier needs for no more late requests than `lateShare`: on the straight line between two of its
 * points, which is what running one for a part of the time and the other for the rest would give. Undefined when even
 * its most generous point has more late requests.
 */
export const hoursAt = (points: readonly Point[], lateShare: number): number | undefined => {
  const line = frontier(points);
  const above = line.findIndex((point) => point.lateShare > lateShare);
  if (above === 0 || line.length === 0) return undefined;
  if (above < 0) return line.at(-1)!.replicaHours;
  const [a, b] = [line[above - 1]!, line[above]!];
  const share = (lateShare - a.lateShare) / (b.lateShare - a.lateShare);
  return a.replicaHours + share * (b.replicaHours - a.replicaHours);
};

export type EqualSlo = {
  readonly ours: Row;
  readonly peer: string;
  /** Undefined: the peer has more late requests at each of its settings. */
  readonly peerHours: number | undefined;
};

/** A saving counts only at equal or lower late share: the subject against the frontier of each sweep, run by run. */
export const equalSlo = (rows: readonly Row[], subject: string): readonly EqualSlo[] => {
  const sweeps = grouped(
    rows.filter((row) => row.swept && row.family !== subject),
    (row) => JSON.stringify([row.family, runOf(row)]),
  );
  return rows
    .filter((row) => row.contestant === subject)
    .flatMap((ours) =>
      [...sweeps.values()]
        .filter((sweep) => runOf(sweep[0]!) === runOf(ours))
        .map((sweep) => ({ ours, peer: sweep[0]!.family, peerHours: hoursAt(sweep, ours.lateShare) })),
    );
};
