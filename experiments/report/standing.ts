import { random, seedOf } from '#core/random';
import { bootstrapInterval, geometricMean, type Interval, interquartileMean, mean } from '#core/statistics';
import { grouped, type Row, runOf } from './rows.ts';

export type Standing = {
  readonly contestant: string;
  readonly runs: number;
  readonly geometricMean: number;
  readonly interquartileMean: number;
  readonly interval: Interval;
  readonly lateShare: number;
  /** Replica-hours an hour. */
  readonly replicas: number;
  readonly scalingsPerHour: number;
  readonly reversalsPerHour: number;
};

const strataOf = <T>(values: readonly T[], load: (value: T) => string, of: (value: T) => number) =>
  [...grouped(values, load).values()].map((stratum) => stratum.map(of));

export const standings = (rows: readonly Row[]): readonly Standing[] =>
  [...grouped(rows, (row) => row.contestant)].map(([contestant, own]) => ({
    contestant,
    runs: own.length,
    geometricMean: geometricMean(own.map((row) => row.ratio)),
    interquartileMean: interquartileMean(own.map((row) => row.ratio)),
    interval: bootstrapInterval(
      strataOf(
        own,
        (row) => row.load,
        (row) => row.ratio,
      ),
      interquartileMean,
      { rng: random(seedOf(contestant)) },
    ),
    lateShare: mean(own.map((row) => row.lateShare)),
    replicas: mean(own.map((row) => row.replicaHours / row.hours)),
    scalingsPerHour: mean(own.map((row) => row.scalings / row.hours)),
    reversalsPerHour: mean(own.map((row) => row.reversals / row.hours)),
  }));

/** Two contestants on the same run. */
export type Pair = { readonly ours: Row; readonly theirs: Row; readonly ratio: number };

export const pairsOf = (rows: readonly Row[], subject: string, rival: string): readonly Pair[] => {
  const theirs = new Map(rows.filter((row) => row.family === rival).map((row) => [runOf(row), row]));
  return rows
    .filter((row) => row.family === subject)
    .flatMap((ours) => {
      const their = theirs.get(runOf(ours));
      return their === undefined ? [] : [{ ours, theirs: their, ratio: ours.cost / their.cost }];
    });
};

export type Duel = {
  readonly rival: string;
  readonly geometricMean: number;
  /** As other loads would have had it. */
  readonly interval: Interval;
  readonly wins: number;
  readonly runs: number;
  readonly worstLoad: string;
  readonly worst: number;
};

/** The subject against one other, run by run; undefined when they never met. */
export const duel = (rows: readonly Row[], subject: string, rival: string): Duel | undefined => {
  const pairs = pairsOf(rows, subject, rival);
  if (pairs.length === 0) return undefined;
  const byLoad = [...grouped(pairs, (pair) => pair.ours.load)].map(([load, own]) => ({
    load,
    ratio: geometricMean(own.map((pair) => pair.ratio)),
  }));
  const worst = byLoad.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const strata = strataOf(
    pairs,
    (pair) => pair.ours.load,
    (pair) => pair.ratio,
  );
  return {
    rival,
    geometricMean: geometricMean(pairs.map((pair) => pair.ratio)),
    interval: bootstrapInterval(strata, geometricMean, { rng: random(seedOf(rival)), clustered: true }),
    wins: pairs.filter((pair) => pair.ratio < 1).length,
    runs: pairs.length,
    worstLoad: worst.load,
    worst: worst.ratio,
  };
};
