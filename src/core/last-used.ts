/** A map of the `most` keys that were used last; the oldest is forgotten first. */
export const lastUsed = <T>(most: number) => {
  const known = new Map<string, T>();
  const use = (key: string, value: T): void => {
    known.delete(key);
    known.set(key, value);
  };
  return {
    get: (key: string): T | undefined => {
      const found = known.get(key);
      if (found !== undefined) use(key, found);
      return found;
    },
    set: (key: string, value: T): void => {
      use(key, value);
      const [oldest] = known.keys();
      if (known.size > most && oldest !== undefined) known.delete(oldest);
    },
    forget: (key: string): void => void known.delete(key),
  };
};
