import { setTimeout } from 'node:timers/promises';
import { sentenceSplitter } from '#core/sentences';

/** A sentence that reads whole is taken for that when nothing has come after it for so long. */
const quietMilliseconds = 150;

const quiet = Symbol('quiet');

/** What is said, sentence by sentence, each as soon as it has ended. What an end cuts off is not said. */
export async function* spoken(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  const splitter = sentenceSplitter();
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = iterator.next();
      if (splitter.isWhole() && (await isQuiet(next))) yield* splitter.end();
      const { done, value } = await next;
      if (done) break;
      yield* splitter.push(value);
    }
    yield* splitter.end();
  } finally {
    await iterator.return?.();
  }
}

const isQuiet = async (next: Promise<unknown>): Promise<boolean> => {
  const over = new AbortController();
  const pause = setTimeout(quietMilliseconds, quiet, { signal: over.signal }).catch(() => quiet);
  try {
    // What fails is told by whoever awaits it.
    return (await Promise.race([next.catch(() => undefined), pause])) === quiet;
  } finally {
    over.abort();
  }
};
