import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Contestant, Judgement, JudgeSettings } from '#experiments/judge';
import type { Load } from '#simulator/load';

export type JudgingTask = {
  readonly load: Load;
  readonly contestants: readonly Contestant[];
  readonly settings: JudgeSettings;
};

/** Who is at work, and at which second of the load; undefined: not known, as while knobs are picked. */
export type Progress = { readonly name: string; readonly atSeconds: number | undefined };

export type JudgingMessage = { readonly progress: Progress } | { readonly judgement: Judgement };

/** Judges on a thread of its own: it computes for minutes without a pause, and Ctrl-C must be heard. */
export const judging = async (
  task: JudgingTask,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void = () => {},
): Promise<Judgement> => {
  signal.throwIfAborted();
  const worker = new Worker(new URL('./judge-worker.ts', import.meta.url), { workerData: task });
  let judgement: Judgement | undefined;
  worker.on('message', (message: JudgingMessage) => {
    if ('progress' in message) onProgress(message.progress);
    else judgement = message.judgement;
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
  if (judgement === undefined) throw new Error('the judging thread ended without a judgement');
  return judgement;
};
