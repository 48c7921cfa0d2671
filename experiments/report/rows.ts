import type { Cell } from '../cells.ts';
import type { Entry } from '../journal.ts';
import type { Verdict } from '../judge.ts';

/** A finished cell, as it stands in results.json. */
export type Row = Omit<Verdict, 'name'> & {
  readonly key: string;
  readonly condition: string;
  readonly draw: string;
  readonly load: string;
  readonly seed: number;
  readonly contestant: string;
  readonly family: string;
  readonly swept: boolean;
  readonly hours: number;
  readonly clairvoyantCost: number;
};

/** Nine digits: no less than is known, and no noise behind it. */
const rounded = (x: number): number => Number(x.toPrecision(9));

export const rowOf = (cell: Cell, entry: Pick<Entry, 'verdict' | 'hoursScored' | 'clairvoyantCost'>): Row => {
  const { key, condition, load, seed, contestant, family, swept } = cell;
  const { verdict } = entry;
  return {
    key,
    condition,
    draw: cell.trial.draw,
    load,
    seed,
    contestant,
    family,
    swept,
    settings: verdict.settings,
    hours: rounded(entry.hoursScored),
    clairvoyantCost: rounded(entry.clairvoyantCost),
    cost: rounded(verdict.cost),
    ratio: rounded(verdict.ratio),
    replicaHours: rounded(verdict.replicaHours),
    lateShare: rounded(verdict.lateShare),
    violationMinutes: verdict.violationMinutes,
    scalings: verdict.scalings,
    reversals: verdict.reversals,
    ...(verdict.curve === undefined ? {} : { curve: verdict.curve.map(rounded) }),
  };
};

/** In the order of the definition. */
export const rowsOf = (cells: readonly Cell[], finished: ReadonlyMap<string, Entry>): readonly Row[] =>
  cells.flatMap((cell) => {
    const entry = finished.get(cell.key);
    return entry === undefined ? [] : [rowOf(cell, entry)];
  });

/** The same load, seed, drawing and condition: what makes two rows a pair. */
export const runOf = ({ condition, draw, load, seed }: Row): string =>
  JSON.stringify([condition, draw, load, seed]);

export const grouped = <T, K>(values: readonly T[], keyOf: (value: T) => K): ReadonlyMap<K, readonly T[]> =>
  Map.groupBy(values, keyOf);
