import { Worker } from 'node:worker_threads';
import type { Load } from '#simulator/load';
import type { Cell } from './cells.ts';
import type { Outcome } from './run-cell.ts';

export type FromWorker = { readonly tookSeconds: number } & (
  | { readonly outcome: Outcome }
  | { readonly failure: Error }
);

export type Task = {
  readonly cells: readonly Cell[];
  readonly loads: ReadonlyMap<string, Load>;
  readonly threads: number;
  /** What a cell may take: the long ones go first, so that none is left over at the end. */
  readonly secondsOf: (cell: Cell) => number;
  readonly onDone: (cell: Cell, result: FromWorker) => void;
  readonly signal: AbortSignal;
};

/** A worker goes on with its ground as long as there is work on it, then takes one that nobody has. */
const chooser = (cells: readonly Cell[], secondsOf: (cell: Cell) => number) => {
  const left = cells.toSorted((a, b) => secondsOf(b) - secondsOf(a));
  const held = new Map<number, string>();
  return (worker: number): Cell | undefined => {
    const others = new Set([...held].filter(([id]) => id !== worker).map(([, ground]) => ground));
    const own = left.findIndex((cell) => cell.groundKey === held.get(worker));
    const free = left.findIndex((cell) => !others.has(cell.groundKey));
    const [cell] = left.splice(own >= 0 ? own : Math.max(0, free), 1);
    if (cell === undefined) held.delete(worker);
    else held.set(worker, cell.groundKey);
    return cell;
  };
};

/** Runs all cells on so many threads. Their order differs from run to run, their outcomes do not. */
export const runCells = async (task: Task): Promise<void> => {
  const { cells, loads, threads, secondsOf, onDone, signal } = task;
  signal.throwIfAborted();
  const choose = chooser(cells, secondsOf);
  const workers: Worker[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(workers.map((each) => each.terminate())));

  const work = (id: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./cell-worker.ts', import.meta.url), { workerData: loads });
      workers.push(worker);
      let cell: Cell | undefined;
      const next = (): void => {
        cell = choose(id);
        if (cell === undefined) resolve();
        else worker.postMessage(cell);
      };
      worker.on('message', (result: FromWorker) => {
        try {
          onDone(cell!, result);
          next();
        } catch (error) {
          reject(error);
        }
      });
      worker.on('error', reject);
      worker.on('exit', () => reject(new Error('a thread ended before its cells were done')));
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      next();
    });

  try {
    await Promise.all(Array.from({ length: Math.min(threads, cells.length) }, (_, id) => work(id)));
  } finally {
    await stop();
  }
};
