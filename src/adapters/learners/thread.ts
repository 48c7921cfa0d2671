import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { type Learner, PortError } from '#ports';
import type { Answer, Request } from './messages.ts';

/** On a thread of its own, which starts with the first round and anew after one that it did not survive. */
export const threadLearner = ({ entry }: { readonly entry: URL }): Learner => {
  let worker: Worker | undefined;

  const thread = (): Worker => {
    if (worker !== undefined) return worker;
    const made = new Worker(entry, { resourceLimits: { maxYoungGenerationSizeMb: 4 } });
    // Waiting for a round must not keep a process alive that has ended.
    made.unref();
    made.on('error', () => {});
    made.once('exit', () => {
      if (worker === made) worker = undefined;
    });
    worker = made;
    return made;
  };

  const ask = async (
    request: Request,
    buffers: readonly ArrayBuffer[],
    signal: AbortSignal | undefined,
  ): Promise<Answer> => {
    const to = thread();
    const over = new AbortController();
    const ended = AbortSignal.any(signal === undefined ? [over.signal] : [over.signal, signal]);
    const died = once(to, 'exit', { signal: ended }).then(([code]) => {
      throw new PortError('learning', `the thread ended with code ${code}: the round is lost`);
    });
    to.postMessage(request, [...buffers]);
    try {
      const [answer] = (await Promise.race([once(to, 'message', { signal: ended }), died])) as [Answer];
      if (answer.fault !== undefined) throw new PortError('learning', answer.fault);
      return answer;
    } finally {
      died.catch(() => {});
      // An error of its own would cost more than the rest: it comes with the stack of whoever ended it.
      over.abort('answered');
    }
  };

  return {
    name: 'thread',
    learn: async (round, pause, signal) => {
      const asked = async (request: Request, buffers: readonly ArrayBuffer[] = []): Promise<unknown> => {
        signal?.throwIfAborted();
        const { cpuSeconds, value } = await ask(request, buffers, signal);
        await pause(cpuSeconds);
        return value;
      };
      try {
        await asked({ kind: 'begin', start: round.start });
        while (await asked({ kind: 'prepare' }));
        for (let i = 0; i < round.parts; i++) {
          const { value, buffers } = round.part(i);
          await asked({ kind: 'learn', part: value }, buffers);
        }
        return await asked({ kind: 'end' });
      } catch (error) {
        // An answer may still be under way: nobody may take it for that of the next round.
        void worker?.terminate();
        worker = undefined;
        signal?.throwIfAborted();
        throw error instanceof PortError
          ? error
          : new PortError('learning', (error as Error).message, { cause: error });
      }
    },
    close: async () => {
      await worker?.terminate();
      worker = undefined;
    },
  };
};
