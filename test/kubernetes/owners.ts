export type Move = {
  readonly at: number;
  readonly who: string;
  readonly bucket: number;
  readonly what: 'enter' | 'leave' | 'left';
};

/** Who owned which bucket when, by what members were told; a bucket is owned until all work on it has ended. */
export const owners = (now: () => number) => {
  const log: Move[] = [];
  const owning = new Map<number, Set<string>>();
  const doubles: string[] = [];
  const note = (who: string, bucket: number, what: Move['what']): void => {
    log.push({ at: now(), who, bucket, what });
    const those = owning.get(bucket) ?? new Set();
    owning.set(bucket, those);
    if (what === 'enter') those.add(who);
    if (what === 'left') those.delete(who);
    if (those.size > 1) doubles.push(`${bucket} by ${[...those].join(' and ')} at ${now()}`);
  };
  return {
    log,
    /** Moments at which a bucket had two owners. */
    doubles,
    note,
    ownersOf: (bucket: number): readonly string[] => [...(owning.get(bucket) ?? [])],
    /** Killed: it works no more, though nobody told it to leave. */
    dies: (who: string): void => {
      for (const those of owning.values()) those.delete(who);
    },
    ownedBy: (who: string): number[] =>
      [...owning].filter(([, those]) => those.has(who)).map(([bucket]) => bucket),
  };
};
