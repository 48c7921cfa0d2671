import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Collector, Exported, TraceExport } from './trace-export.ts';
import { spanCount } from './traced.ts';

/** A thread that does not live is not begun anew all the time. */
const restartAfterSeconds = 30;

/**
 * Makes and sends spans on a thread of its own, which starts with the first batch: to encode a trace takes a tenth of the
 * CPU time of its cycle, and no cycle waits for it.
 */
export const exportThread = (
  collector: Collector,
  entry = new URL('./export-worker.ts', import.meta.url),
): TraceExport => {
  let worker: Worker | undefined;
  let diedAt = Number.NEGATIVE_INFINITY;

  const open = (): Worker => {
    const made = new Worker(entry, {
      workerData: collector,
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    made.unref();
    made.on('error', () => {});
    made.once('exit', () => {
      if (worker === made) worker = undefined;
      diedAt = performance.now() / 1000;
    });
    return made;
  };

  return {
    export: async (batch) => {
      const lost = (): Exported => ({
        spans: spanCount(batch),
        failure: 'the thread that makes and sends them has ended',
      });
      if (worker === undefined && performance.now() / 1000 - diedAt < restartAfterSeconds) return lost();
      worker ??= open();
      const over = new AbortController();
      const { signal } = over;
      const died = once(worker, 'exit', { signal }).then(lost);
      try {
        worker.postMessage(batch);
        const answered = once(worker, 'message', { signal }).then(([answer]) => answer as Exported);
        return await Promise.race([answered, died]);
      } catch {
        return lost();
      } finally {
        died.catch(() => {});
        over.abort();
      }
    },
    close: async () => {
      await worker?.terminate();
    },
  };
};
