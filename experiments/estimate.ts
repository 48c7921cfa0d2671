import { policies } from '#policies/registry';
import type { Load } from '#simulator/load';
import { type Cell, loadOf } from './cells.ts';
import { grids } from './grids.ts';
import type { Entry } from './journal.ts';

/** Seconds of one core for a simulated second, where none was measured yet: one that learns, and a rule. */
const unmeasured = { learner: 1e-4, rule: 1e-7 };
/** The guess counts as one measurement over so long a load. */
const guessSeconds = 4 * 86_400;

/** Sums of a straight line through measurements: x simulated seconds, y seconds of one core. */
type Sums = { n: number; x: number; y: number; xx: number; xy: number };

const add = (s: Sums, x: number, y: number): void => {
  s.n++;
  s.x += x;
  s.y += y;
  s.xx += x * x;
  s.xy += x * y;
};

/** Least squares; learning is dense in the first hours, so a line has a beginning above 0, never one below. */
const lineThrough = ({ n, x, y, xx, xy }: Sums): ((at: number) => number) => {
  const spread = n * xx - x * x;
  const slope = spread > 0 ? Math.max(0, (n * xy - x * y) / spread) : y / x;
  const start = (y - slope * x) / n;
  return start < 0 ? (at) => (at * xy) / xx : (at) => start + slope * at;
};

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
  const measured = new Map<string, Sums>();
  const sumsOf = ({ family, policy, settings }: Cell): Sums => {
    const known = measured.get(family);
    if (known !== undefined) return known;
    const learns = policies[policy]?.learns === true && settings.learning !== false;
    const guess = learns ? unmeasured.learner : unmeasured.rule;
    const sums: Sums = { n: 0, x: 0, y: 0, xx: 0, xy: 0 };
    add(sums, guessSeconds, guess * guessSeconds);
    measured.set(family, sums);
    return sums;
  };
  const learn = (cell: Cell, tookSeconds: number): void =>
    add(sumsOf(cell), simulated.get(cell.key)!, tookSeconds);
  for (const cell of cells) {
    const entry = finished.get(cell.key);
    if (entry !== undefined) learn(cell, entry.tookSeconds);
  }
  const seconds = (cell: Cell): number => lineThrough(sumsOf(cell))(simulated.get(cell.key)!);
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
