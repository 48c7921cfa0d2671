/** Counts up when a column changes its name, its meaning or its unit; a column that is added changes nothing. */
export const exportVersion = 1;

export type ColumnType = 'text' | 'texts' | 'integer' | 'number' | 'boolean' | 'timestamp' | 'json';

/** undefined: not known, which is null wherever it is written. `timestamp`: Unix seconds; `json`: a JSON text. */
export type Cell = string | readonly string[] | number | boolean | undefined;

export type Column<Row> = {
  readonly name: string;
  readonly type: ColumnType;
  /** What it is and in which unit, for docs/decision-log.md. */
  readonly means: string;
  readonly of: (row: Row) => Cell;
};

/** A row as its columns name it: the same for each format. */
export type Flat = Readonly<Record<string, Cell>>;

/** JSON has no NaN and no infinity, and whoever sums up a column wants neither. Text that is no Unicode many refuse. */
const known = (cell: Cell): Cell => {
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : undefined;
  return typeof cell === 'string' ? cell.toWellFormed() : cell;
};

export const flat = <Row>(columns: readonly Column<Row>[], row: Row): Flat =>
  Object.fromEntries(columns.map(({ name, of }) => [name, known(of(row))]));
