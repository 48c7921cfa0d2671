import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Contestant, Judgement, TrialSettings } from '#experiments/judge';
import type { Load } from '#simulator/load';

export type JudgingTask = {
  readonly load: Load;
  readonly contestants: readonly Contestant[];
  readonly settings: TrialSettings;
  /** The policy whose decisions are told too. */
  readonly keep?: string;
};

export type Judged = {
  readonly judgement: Judgement;
  /** Size, low line and high line of each decision of `keep`, one after the other. */
  readonly kept: Float64Array;
};

/** Who is at work, and at which second of the load; undefined: not known, as while knobs are picked. */
export type Progress = { readonly name: string; readonly atSeconds: number | undefined };

export type JudgingMessage = { readonly progress: Progress } | Judged;

/** Judges on a thread of its own: it computes for minutes without a pause, and Ctrl-C must be heard. */
export const judging = async (
  task: JudgingTask,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Judged> => {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./judge-worker.ts', import.meta.url), { workerData: task });
  let judged: Judged | undefined;
  worker.on('message', (message: JudgingMessage) => {
    if ('progress' in message) onProgress(message.progress);
    else judged = message;
  });
  const stop = (): void => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  try {
    // Rejects with what the thread throws.
    await once(worker, 'exit');
  } finally {
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  if (judged === undefined) throw new Error('the judging thread ended without a judgement');
  return judged;
};
