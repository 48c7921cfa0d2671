import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The first thing that `look` finds; it looks again and again for so long. What went wrong meanwhile is told at the end.
 */
export const until = async <T>(
  what: string,
  withinSeconds: number,
  look: () => Promise<T | undefined>,
): Promise<T> => {
  const deadline = Date.now() + withinSeconds * 1000;
  for (;;) {
    let cause: unknown;
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline)
      throw new Error(`${what}: not within ${withinSeconds} s${cause === undefined ? '' : `, ${cause}`}`, {
        cause,
      });
    await sleep(250);
  }
};
