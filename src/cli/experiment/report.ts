import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '#experiments/cells';
import type { Entry } from '#experiments/journal';
import { picturesOf } from '#experiments/report/pictures';
import { rowsOf } from '#experiments/report/rows';
import { summary } from '#experiments/report/summary';
import { svgOf } from '#report/svg';
import type { Experiment } from './experiment-file.ts';

/** Writes results.json, summary.md and the pictures; gives their paths. */
export const writeReport = async (
  { name, folder, definition }: Experiment,
  cells: readonly Cell[],
  finished: ReadonlyMap<string, Entry>,
): Promise<readonly string[]> => {
  const rows = rowsOf(cells, finished);
  const results = join(folder, 'results');
  const pictures = picturesOf(definition, rows);
  const drawn = await Promise.all(
    pictures.map(async ({ file, spec }) => [file, `${await svgOf(spec)}\n`] as const),
  );
  const files = [
    [
      'results.json',
      `{"cells": ${cells.length}, "rows": [\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]}\n`,
    ],
    ['summary.md', summary({ name, definition, rows, cells: cells.length, pictures })],
    ...drawn,
  ] as const;
  mkdirSync(results, { recursive: true });
  const written = new Set<string>(files.map(([file]) => file));
  for (const old of readdirSync(results))
    if (old.endsWith('.svg') && !written.has(old)) rmSync(join(results, old));
  for (const [file, text] of files) writeFileSync(join(results, file), text);
  return files.map(([file]) => join(results, file));
};
