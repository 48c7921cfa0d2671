import type { Judged } from './judge.ts';

export type Row = Judged & {
  readonly title: string;
  readonly seconds: number;
  /** Beside the figures, such as the time of a take-over. */
  readonly said: string | undefined;
};

const rows: Row[] = [];
export const figure = (row: Row): void => void rows.push(row);

const heads = [
  'cell',
  's',
  'decisions',
  'changes',
  'longest gap s',
  'wrong downs',
  'double writes',
  'lost',
  '',
];

const cellsOf = (row: Row): readonly string[] => [
  row.title,
  row.seconds.toFixed(0),
  `${row.decisions}`,
  `${row.changes}`,
  row.longestGapSeconds.toFixed(0),
  `${row.wrongDowns.length}`,
  `${row.doubleWrites.length}`,
  `${row.lostRecords.length}`,
  row.said ?? '',
];

/** What the cells of this process came to, as lines of text. */
export const cellTable = (): string => {
  const lines = [heads, ...rows.map(cellsOf)];
  const widths = heads.map((_, i) => Math.max(...lines.map((line) => line[i]?.length ?? 0)));
  return lines
    .map((line) => line.map((text, i) => text[i === 0 ? 'padEnd' : 'padStart']?.(widths[i] ?? 0) ?? text))
    .map((line) => `${line.join('  ').trimEnd()}\n`)
    .join('');
};
