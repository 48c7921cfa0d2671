import type { Clock } from '#ports';

/** A clock for one who waits: time passes only by `advance`, which returns when he waits for a later time again. */
export const handClock = (startsAt: number) => {
  let now = startsAt;
  let waiting: { readonly atSeconds: number; readonly go: () => void } | undefined;
  let again = Promise.withResolvers<void>();
  const clock: Clock = {
    now: () => now,
    until: (atSeconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        waiting = { atSeconds, go: resolve };
        again.resolve();
      }),
  };
  return {
    ...clock,
    advance: async (toSeconds: number): Promise<void> => {
      while (waiting !== undefined && waiting.atSeconds <= toSeconds) {
        const { atSeconds, go } = waiting;
        now = Math.max(now, atSeconds);
        waiting = undefined;
        again = Promise.withResolvers();
        go();
        await again.promise;
      }
      now = Math.max(now, toSeconds);
    },
    /** Time passes, and he who waits is not called. */
    skip: (toSeconds: number): void => {
      now = toSeconds;
    },
  };
};
