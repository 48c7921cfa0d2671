import { orAborted } from '#core/or-aborted';

export type Kept<T> = { readonly atSeconds: number; readonly answer: T };

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
    return orAborted(asked, signal);
  };
};
