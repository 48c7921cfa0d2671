import { policies } from '#policies/registry';
import type { Load } from '#simulator/load';
import { type Cell, loadOf } from './cells.ts';
import { grids } from './grids.ts';
import type { Entry } from './journal.ts';

/** Seconds of one core for a simulated second, where none was measured yet: one that learns, and a rule. */
const unmeasured = { learner: 1e-4, rule: 1e-7 };
/** The guess counts as much as a measurement over so long a load: learning is dense in the first hours. */
const guessSeconds = 4 * 86_400;

/** Simulated seconds, those spent on picking knobs included. */
const simulation = (loads: ReadonlyMap<string, Load>) => {
  const lengths = new Map<string, number>();
  const lengthOf = (cell: Cell): number => {
    const { stepSeconds, rps } = loadOf(loads.get(cell.load)!, cell);
    return stepSeconds * rps.length;
  };
  return (cell: Cell): number => {
    const length = lengths.get(cell.groundKey) ?? lengthOf(cell);
    lengths.set(cell.groundKey, length);
    const base = cell.policy.replace(/-tuned$/, '');
    const tunings = base === cell.policy ? 0 : (grids[base]?.(cell.trial).length ?? 0);
    return length * (1 + tunings * (cell.trial.tuneShare ?? cell.trial.warmUp));
  };
};

/** Seconds of one core that each cell may take, from what those of its family took before. */
export const estimator = (
  cells: readonly Cell[],
  loads: ReadonlyMap<string, Load>,
  finished: ReadonlyMap<string, Pick<Entry, 'tookSeconds'>>,
) => {
  const secondsOf = simulation(loads);
  const simulated = new Map(cells.map((cell) => [cell.key, secondsOf(cell)]));
  const spent = new Map<string, { took: number; simulated: number }>();
  const learn = (cell: Cell, tookSeconds: number): void => {
    const sum = spent.get(cell.family) ?? { took: 0, simulated: 0 };
    spent.set(cell.family, {
      took: sum.took + tookSeconds,
      simulated: sum.simulated + simulated.get(cell.key)!,
    });
  };
  for (const cell of cells) {
    const entry = finished.get(cell.key);
    if (entry !== undefined) learn(cell, entry.tookSeconds);
  }
  const seconds = (cell: Cell): number => {
    const known = spent.get(cell.family) ?? { took: 0, simulated: 0 };
    const guess = policies[cell.policy]?.learns === true ? unmeasured.learner : unmeasured.rule;
    const rate = (known.took + guess * guessSeconds) / (known.simulated + guessSeconds);
    return simulated.get(cell.key)! * rate;
  };
  return { seconds, learn };
};

export type Estimator = ReturnType<typeof estimator>;

/** Cells by shard, the longest first to whoever has least: the same on every machine that has measured nothing yet. */
export const shardOf = (
  cells: readonly Cell[],
  loads: ReadonlyMap<string, Load>,
  { index, count }: { readonly index: number; readonly count: number },
): readonly Cell[] => {
  const { seconds } = estimator(cells, loads, new Map());
  const totals = new Float64Array(count);
  const mine = new Set<string>();
  for (const cell of cells.toSorted((a, b) => seconds(b) - seconds(a) || (a.key < b.key ? -1 : 1))) {
    const least = totals.indexOf(Math.min(...totals));
    totals[least]! += seconds(cell);
    if (least === index - 1) mine.add(cell.key);
  }
  return cells.filter((cell) => mine.has(cell.key));
};
