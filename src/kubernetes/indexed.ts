/**
 * Items by a key. The index is made anew when it is asked and older than a second: a thousand targets that ask each
 * interval then cost one pass a second, not a thousand.
 */
export const indexed = <R>(given: {
  readonly items: () => Iterable<R | undefined>;
  readonly keyOf: (item: R) => string;
  readonly now: () => number;
}): ((key: string) => readonly R[]) => {
  let index = new Map<string, R[]>();
  let madeAt = Number.NEGATIVE_INFINITY;
  return (key) => {
    const now = given.now();
    if (now - madeAt >= 1 || now < madeAt) {
      index = new Map();
      for (const item of given.items()) {
        if (item === undefined) continue;
        const itemKey = given.keyOf(item);
        const others = index.get(itemKey);
        if (others === undefined) index.set(itemKey, [item]);
        else others.push(item);
      }
      madeAt = now;
    }
    return index.get(key) ?? [];
  };
};
