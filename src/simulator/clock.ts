import type { Clock } from '#ports';

/**
 * Time that passes only when somebody waits for it. Whoever waits for the earliest instant moves the clock there,
 * once all others that share it wait too (`sharers` of them).
 */
export const simulatedClock = (startsAt: number, sharers = 1): Clock => {
  let now = startsAt;
  const waiting: { readonly at: number; readonly wake: () => void }[] = [];
  const pass = (): void => {
    if (waiting.length < sharers) return;
    waiting.sort((a, b) => a.at - b.at);
    const next = waiting.shift()!;
    now = Math.max(now, next.at);
    next.wake();
  };
  return {
    now: () => now,
    until: (at, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (at <= now) return resolve();
        const waiter = { at, wake: resolve };
        waiting.push(waiter);
        signal?.addEventListener(
          'abort',
          () => {
            const i = waiting.indexOf(waiter);
            if (i >= 0) waiting.splice(i, 1);
            reject(signal.reason);
          },
          { once: true },
        );
        pass();
      }),
  };
};
