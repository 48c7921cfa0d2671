import { lastUsed } from '#core/last-used';
import type { Worded } from '#ports';

/** The answers that were asked for last, for a while. */
export const answerCache = (given: {
  readonly most: number;
  readonly seconds: number;
  readonly now: () => number;
}) => {
  const kept = lastUsed<{ readonly at: number; readonly words: readonly Worded[] }>(given.most);
  return {
    get: (key: string): readonly Worded[] | undefined => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      if (given.now() - found.at <= given.seconds) return found.words;
      kept.forget(key);
      return undefined;
    },
    put: (key: string, words: readonly Worded[]): void => kept.set(key, { at: given.now(), words }),
  };
};
