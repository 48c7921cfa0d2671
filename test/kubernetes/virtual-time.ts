type Sleeper = { readonly at: number; readonly wake: () => void };

/** A clock that stands until it is told to go on; those who sleep wake in order. */
export const virtualTime = () => {
  let at = 0;
  let sleepers: Sleeper[] = [];
  const now = (): number => at;
  const sleep = (seconds: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    if (signal?.aborted) reject(signal.reason);
    const sleeper = { at: at + seconds, wake: resolve };
    sleepers.push(sleeper);
    signal?.addEventListener('abort', () => {
      sleepers = sleepers.filter((other) => other !== sleeper);
      reject(signal.reason);
    });
    return promise;
  };
  /** Lets all that can run without time passing run. */
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await new Promise(setImmediate);
  };
  return {
    now,
    sleep,
    settle,
    /** How long from now each sleeper sleeps. */
    waits: (): readonly number[] => sleepers.map((sleeper) => sleeper.at - at),
    pass: async (seconds: number): Promise<void> => {
      const end = at + seconds;
      for (;;) {
        await settle();
        const next = sleepers.reduce<Sleeper | undefined>(
          (first, other) => (first === undefined || other.at < first.at ? other : first),
          undefined,
        );
        if (next === undefined || next.at > end) break;
        at = Math.max(at, next.at);
        sleepers = sleepers.filter((other) => other !== next);
        next.wake();
      }
      at = end;
      await settle();
    },
    /** A stop of the whole process: time passes, nobody wakes. */
    leap: (seconds: number): void => {
      at += seconds;
    },
  };
};

export type VirtualTime = ReturnType<typeof virtualTime>;
