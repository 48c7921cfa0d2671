/** A thing that is being looked after. */
export type Tended<W> = {
  /** What is wanted has changed in ways that need no new beginning. */
  update(wanted: W): void;
  close(): Promise<void>;
};

export type TendingSettings<W> = {
  /** What is wanted of `key` now; undefined: nothing, or not by us. Asked each time anew: only the newest counts. */
  readonly wanted: (key: string) => W | undefined;
  /** Whoever is open under another begins anew. */
  readonly beginning: (wanted: W) => string;
  readonly open: (key: string, wanted: W) => Promise<Tended<W>>;
  readonly onFault: (key: string, error: unknown) => void;
  readonly later: (seconds: number, call: () => void) => void;
  /** Openings at the same time: each reads its past from the store. */
  readonly concurrency: number;
};

const longestBackOffSeconds = 60;

type Open<W> = { readonly beginning: string; readonly tended: Tended<W> };

/**
 * Brings what is open to what is wanted, key by key. Level, not edge: a call says that something may have changed, never
 * what. Calls for one key never overlap, and calls that come meanwhile are one.
 */
export const tending = <W>(settings: TendingSettings<W>) => {
  const open = new Map<string, Open<W>>();
  const working = new Map<string, Promise<void>>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const waiting: (() => void)[] = [];
  let places = settings.concurrency;
  let ended = false;

  const place = async (): Promise<void> => {
    if (places > 0) places--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next === undefined) places++;
    else next();
  };

  const bring = async (key: string): Promise<void> => {
    const wanted = ended ? undefined : settings.wanted(key);
    const beginning = wanted === undefined ? undefined : settings.beginning(wanted);
    const found = open.get(key);
    if (found !== undefined && found.beginning !== beginning) {
      await found.tended.close();
      open.delete(key);
    } else if (found !== undefined) return found.tended.update(wanted!);
    if (wanted === undefined || beginning === undefined) return;
    await place();
    try {
      // It may have waited long: what was wanted then may not be so any more.
      if (ended || settings.wanted(key) !== wanted) again.add(key);
      else open.set(key, { beginning, tended: await settings.open(key, wanted) });
    } finally {
      leave();
    }
  };

  const work = async (key: string): Promise<void> => {
    try {
      await bring(key);
      failures.delete(key);
    } catch (error) {
      settings.onFault(key, error);
      if (ended) return;
      const inARow = (failures.get(key) ?? 0) + 1;
      failures.set(key, inARow);
      // Nobody waits for the next attempt: whoever hands the key on to another must not either.
      settings.later(Math.min(2 ** (inARow - 1), longestBackOffSeconds), () => void tend(key));
    }
  };

  /** Resolves when `key` was brought to what is wanted, or that has failed and will be tried again. */
  const tend = (key: string): Promise<void> => {
    const underWay = working.get(key);
    if (underWay !== undefined) {
      again.add(key);
      return underWay;
    }
    const done = work(key).finally(() => {
      working.delete(key);
      return again.delete(key) ? tend(key) : undefined;
    });
    working.set(key, done);
    return done;
  };

  return {
    tend,
    get: (key: string): Tended<W> | undefined => open.get(key)?.tended,
    keys: (): readonly string[] => [...open.keys()],
    /** Closes all; nothing is opened any more. */
    end: async (): Promise<void> => {
      ended = true;
      await Promise.all([...open.keys(), ...working.keys()].map(tend));
    },
  };
};
