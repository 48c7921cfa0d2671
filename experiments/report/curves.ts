import { geometricMean, mean } from '#core/statistics';
import { grouped, type Row, runOf } from './rows.ts';

/** What a stretch of the load cost a contestant, by what it cost who knew it all. */
export type CurvePoint = {
  readonly contestant: string;
  /** Counted from 0. */
  readonly bucket: number;
  readonly ratio: number;
  readonly runs: number;
};

const limitName = 'clairvoyant';

/** The geometric mean over all runs that last so long; the last stretch of a run is left out, it may be a piece. */
export const curves = (rows: readonly Row[]): readonly CurvePoint[] => {
  const limits = new Map(
    rows.filter((row) => row.family === limitName).map((row) => [runOf(row), row.curve]),
  );
  return [...grouped(rows, (row) => row.contestant)]
    .filter(([, own]) => own[0]!.family !== limitName)
    .flatMap(([contestant, own]) => {
      const runs = own.flatMap((row) => {
        const limit = limits.get(runOf(row));
        return limit === undefined || row.curve === undefined
          ? []
          : [row.curve.slice(0, -1).map((cost, i) => cost / limit[i]!)];
      });
      const longest = Math.max(0, ...runs.map((run) => run.length));
      return Array.from({ length: longest }, (_, bucket) => {
        const there = runs.flatMap((run) => run[bucket] ?? []);
        return { contestant, bucket, ratio: geometricMean(there), runs: there.length };
      });
    });
};

/**
 * Buckets after which the subject's cost so far is never again above the rival's; the number of all buckets plus one when
 * it still is at the end.
 */
export const bucketsUntilAhead = (ours: readonly number[], theirs: readonly number[]): number => {
  let [lead, until] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    lead += theirs[i]! - ours[i]!;
    if (lead < -1e-9) until = i + 2;
  }
  return until;
};

export type Headway = {
  readonly load: string;
  readonly runs: number;
  /** Undefined: behind at the end in some run. */
  readonly meanBuckets: number | undefined;
  readonly worstBuckets: number | undefined;
  readonly everBehind: number;
  readonly behindAtEnd: number;
};

/** How soon the subject was ahead of the rival for good, load by load. */
export const headway = (rows: readonly Row[], subject: string, rival: string): readonly Headway[] => {
  const theirs = new Map(rows.filter((row) => row.family === rival).map((row) => [runOf(row), row]));
  const ours = rows.filter((row) => row.family === subject && theirs.get(runOf(row))?.curve !== undefined);
  return [...grouped(ours, (row) => row.load)].map(([load, own]) => {
    const runs = own.map((row) => ({
      buckets: bucketsUntilAhead(row.curve!, theirs.get(runOf(row))!.curve!),
      all: row.curve!.length,
    }));
    const behindAtEnd = runs.filter(({ buckets, all }) => buckets > all).length;
    const all = runs.map(({ buckets }) => buckets);
    return {
      load,
      runs: runs.length,
      meanBuckets: behindAtEnd > 0 ? undefined : mean(all),
      worstBuckets: behindAtEnd > 0 ? undefined : Math.max(...all),
      everBehind: all.filter((buckets) => buckets > 0).length,
      behindAtEnd,
    };
  });
};

/** The subject's cost so far by the rival's after each stretch, the geometric mean over all runs that last so long. */
export const costSoFar = (rows: readonly Row[], subject: string, rival: string): readonly number[] => {
  const theirs = new Map(rows.filter((row) => row.family === rival).map((row) => [runOf(row), row]));
  const runs = rows
    .filter((row) => row.family === subject && theirs.get(runOf(row))?.curve !== undefined)
    .map((row) => {
      let [ours, other] = [0, 0];
      const { curve } = theirs.get(runOf(row))!;
      return row.curve!.slice(0, -1).map((cost, i) => {
        ours += cost;
        other += curve![i]!;
        return ours / other;
      });
    });
  return Array.from({ length: Math.max(0, ...runs.map((run) => run.length)) }, (_, bucket) =>
    geometricMean(runs.flatMap((run) => run[bucket] ?? [])),
  );
};
