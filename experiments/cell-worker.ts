import { parentPort, workerData } from 'node:worker_threads';
import type { Load } from '#simulator/load';
import type { Cell } from './cells.ts';
import { inlineCycles } from './inline-cycles.ts';
import type { FromWorker } from './pool.ts';
import { cellRunner } from './run-cell.ts';

inlineCycles();

const run = cellRunner(workerData as ReadonlyMap<string, Load>);

parentPort!.on('message', (cell: Cell) => {
  const startedAt = performance.now();
  const took = (): number => (performance.now() - startedAt) / 1000;
  try {
    parentPort!.postMessage({ outcome: run(cell), tookSeconds: took() } satisfies FromWorker);
  } catch (error) {
    parentPort!.postMessage({ failure: error as Error, tookSeconds: took() } satisfies FromWorker);
  }
});
