import { afterAll } from 'vitest';
import { cellTable } from './cell-table.ts';

/** Prints what the cells of a file came to. */
export const tableAfterAll = (): void =>
  afterAll(() => {
    process.stdout.write(`\n${cellTable()}\n`);
  });
