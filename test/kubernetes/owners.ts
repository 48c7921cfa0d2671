export type Move = {
  readonly at: number;
  readonly who: string;
  /** `died`: it works no more, though nobody told it to leave. */
  readonly what: 'enter' | 'leave' | 'left' | 'died';
  readonly bucket: number;
};

/** Who owned which bucket when, by what members were told; a bucket is owned until all work on it has ended. */
export const owners = (now: () => number) => {
  const log: Move[] = [];
  const replay = (): { owning: ReadonlyMap<number, ReadonlySet<string>>; doubles: readonly string[] } => {
    const owning = new Map<number, Set<string>>();
    const doubles: string[] = [];
    for (const { at, who, what, bucket } of log.toSorted((a, b) => a.at - b.at)) {
      if (what === 'died') for (const those of owning.values()) those.delete(who);
      const those = owning.get(bucket) ?? new Set<string>();
      if (what === 'enter') owning.set(bucket, those.add(who));
      if (what === 'left') those.delete(who);
      if (those.size > 1) doubles.push(`${bucket} by ${[...those].join(' and ')} at ${at}`);
    }
    return { owning, doubles };
  };
  return {
    log,
    note: (who: string, bucket: number, what: Move['what'], at: number = now()): void => {
      log.push({ at, who, bucket, what });
    },
    dies: (who: string): void => {
      log.push({ at: now(), who, bucket: -1, what: 'died' });
    },
    /** Moments at which a bucket had two owners. */
    doubles: (): readonly string[] => replay().doubles,
    ownedBy: (who: string): readonly number[] =>
      [...replay().owning].filter(([, those]) => those.has(who)).map(([bucket]) => bucket),
  };
};
