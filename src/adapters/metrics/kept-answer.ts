export type Kept<T> = { readonly atSeconds: number; readonly answer: T };

/** The promise for who still waits: it rejects with the signal's reason, and what was promised goes on for the others. */
export const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (signal === undefined) return promise;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
};

/**
 * One answer for all who ask. It is handed out again for `keepsSeconds`; then the next who asks has it fetched anew, and
 * all who ask meanwhile wait for the same. Time is the askers' own, so a clock that is set back asks anew too. `C`: what
 * the one for whom it is fetched brings along.
 */
export const keptAnswer = <T, C = undefined>(given: {
  readonly ask: (atSeconds: number, by: C | undefined) => Promise<T>;
  readonly keepsSeconds: (answer: T) => number;
}) => {
  let kept: Kept<T> | undefined;
  let asked: Promise<Kept<T>> | undefined;

  const ask = async (atSeconds: number, by: C | undefined): Promise<Kept<T>> => {
    try {
      kept = { atSeconds, answer: await given.ask(atSeconds, by) };
      return kept;
    } finally {
      asked = undefined;
    }
  };

  return (atSeconds: number, signal?: AbortSignal, by?: C): Promise<Kept<T>> => {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (kept !== undefined && Math.abs(atSeconds - kept.atSeconds) < given.keepsSeconds(kept.answer))
      return Promise.resolve(kept);
    asked ??= ask(atSeconds, by);
    return unlessAborted(asked, signal);
  };
};
