/**
 * When each of some objects was last seen to change, by our own clock. What others write of time is never believed: their
 * clocks step. Whoever did not look for a while knows nothing of that while, so all ages begin anew.
 */
export const lastChanges = (given: {
  /** Seconds of a clock that never steps back. */
  readonly now: () => number;
  /** A gap between two looks that is longer than this. */
  readonly gapSeconds: number;
}) => {
  const { now, gapSeconds } = given;
  let seen: ReadonlyMap<string, { readonly version: string; readonly at: number }> = new Map();
  let lookedAt = Number.NEGATIVE_INFINITY;
  return {
    /** All there is at this moment, by name. */
    look: (versions: Iterable<readonly [name: string, version: string]>): void => {
      const at = now();
      const hadGap = at - lookedAt > gapSeconds;
      const next = new Map<string, { version: string; at: number }>();
      for (const [name, version] of versions) {
        const before = seen.get(name);
        next.set(
          name,
          before === undefined || hadGap || before.version !== version ? { version, at } : before,
        );
      }
      seen = next;
      lookedAt = at;
    },
    /** For how long it had not changed when last looked at; undefined: it was not there. */
    unchangedSeconds: (name: string): number | undefined => {
      const one = seen.get(name);
      return one === undefined ? undefined : lookedAt - one.at;
    },
  };
};

export type LastChanges = ReturnType<typeof lastChanges>;
