import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { experimentNames, readExperiment } from '#cli/experiment/experiment-file';
import { type Cell, cellsOf } from '#experiments/cells';
import { type Row, rowOf } from '#experiments/report/rows';
import { cellRunner } from '#experiments/run-cell';

const resultsOf = (name: string): string => join(readExperiment(name).folder, 'results', 'results.json');
const withResults = experimentNames().filter((name) => existsSync(resultsOf(name)));

const committed = (name: string) => {
  const { definition, loads } = readExperiment(name);
  const { rows } = JSON.parse(readFileSync(resultsOf(name), 'utf8')) as { readonly rows: readonly Row[] };
  return { cells: cellsOf(definition, loads), loads: new Map(loads.map((load) => [load.name, load])), rows };
};

/** The load that can be run again in a test; and of all that was run on it, one run of each contestant. */
const sliceLoad = 'llm-steady';
const slice = (cells: readonly Cell[]): readonly Cell[] => {
  const there = cells.filter(({ load }) => load === sliceLoad);
  return [...Map.groupBy(there, ({ family }) => family).values()].map(([first]) => first!);
};

/** A busy machine is no fault of the results. */
const patience = { timeout: 600_000 };

describe('what is committed', () => {
  it('holds the results of some experiment', () => {
    expect(withResults.length).toBeGreaterThan(0);
  });

  it.each(experimentNames())('%s is defined without a fault', (name) => {
    expect(readExperiment(name).definition.question).toMatch(/\?$/);
  });

  it.each(withResults)('%s has results of its definition as it is: else run "make experiments"', (name) => {
    const { cells, rows } = committed(name);
    expect(rows.map(({ key }) => key)).toEqual(cells.map(({ key }) => key));
  });

  it.each(withResults)('%s gives the same results again: else run "make experiments"', patience, (name) => {
    const { cells, loads, rows } = committed(name);
    const run = cellRunner(loads);
    const again = slice(cells).map((cell) => rowOf(cell, run(cell)));
    expect(again).toEqual(
      again.map((one) =>
        rows.find(({ key, contestant }) => key === one.key && contestant === one.contestant),
      ),
    );
  });
});
