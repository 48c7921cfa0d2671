import type { Cell, Flat } from './column.ts';
import type { Columns } from './row-writer.ts';

/** To the microsecond, as other formats have it: `2026-01-05T02:14:00.250000Z`. */
const utcText = (atSeconds: number): string => {
  const micros = Math.round(atSeconds * 1e6);
  const seconds = Math.floor(micros / 1e6);
  const fraction = String(micros - seconds * 1e6).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
};

const cellText = (type: Columns[number]['type'], cell: Cell): string => {
  if (cell === undefined) return 'null';
  if (type === 'json') return cell as string;
  if (type === 'timestamp') return `"${utcText(cell as number)}"`;
  return JSON.stringify(cell);
};

/** Names in the order of the columns; what is not known is null. */
export const jsonLine = (columns: Columns, row: Flat): string =>
  `{${columns.map(({ name, type }) => `${JSON.stringify(name)}:${cellText(type, row[name])}`).join(',')}}`;
