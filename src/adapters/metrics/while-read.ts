/** What nobody has read for so long is forgotten. */
const unreadSeconds = 900;

/** One of each key, made when it is first read; those that nobody reads any more go when another is made. */
export const whileRead = <T>() => {
  const known = new Map<string, { readonly it: T; lastAt: number }>();
  return (key: string, atSeconds: number, make: () => T): T => {
    const found = known.get(key);
    if (found !== undefined) {
      found.lastAt = atSeconds;
      return found.it;
    }
    for (const [old, { lastAt }] of known)
      if (Math.abs(atSeconds - lastAt) > unreadSeconds) known.delete(old);
    const it = make();
    known.set(key, { it, lastAt: atSeconds });
    return it;
  };
};
