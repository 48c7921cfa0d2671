import { parentPort, workerData } from 'node:worker_threads';
import { type Collector, traceExport } from './trace-export.ts';
import type { Traced } from './traced.ts';

/** One batch after another, each answered once it has arrived or was given up. */
const { export: exported } = traceExport(workerData as Collector);
parentPort!.on('message', async (batch: readonly Traced[]) => {
  parentPort!.postMessage(await exported(batch));
});
