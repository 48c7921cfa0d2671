import type { Column, Flat } from './column.ts';

/** Takes the rows of one file. */
export type RowWriter = {
  write(rows: readonly Flat[]): Promise<void>;
  /** The file is there, whole, once this has resolved. */
  finish(): Promise<void>;
  /** Nothing is left of it. */
  abandon(): Promise<void>;
};

export type Columns = readonly Pick<Column<never>, 'name' | 'type'>[];

export type ExportFormat = {
  readonly name: 'jsonl' | 'parquet';
  open(file: string, columns: Columns): Promise<RowWriter>;
  close(): Promise<void>;
};
