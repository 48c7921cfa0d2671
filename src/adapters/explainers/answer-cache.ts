import type { Worded } from '#ports';

/** The answers that were asked for last, the oldest forgotten first. */
export const answerCache = (given: {
  readonly most: number;
  readonly seconds: number;
  readonly now: () => number;
}) => {
  const kept = new Map<string, { readonly at: number; readonly words: readonly Worded[] }>();
  return {
    get: (key: string): readonly Worded[] | undefined => {
      const found = kept.get(key);
      if (found === undefined) return undefined;
      kept.delete(key);
      if (given.now() - found.at > given.seconds) return undefined;
      kept.set(key, found);
      return found.words;
    },
    put: (key: string, words: readonly Worded[]): void => {
      kept.delete(key);
      kept.set(key, { at: given.now(), words });
      for (const oldest of kept.keys()) {
        if (kept.size <= given.most) break;
        kept.delete(oldest);
      }
    },
  };
};
