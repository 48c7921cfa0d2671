import { type Target, targetKey } from '#core/model';
import { seedOf } from '#core/random';
import type { CycleIds } from '#ports';
import { type House, turns, type Watched } from '#workflows/turns';

export type LoopSettings = {
  readonly watched: readonly Watched[];
  readonly house: House;
  /** Cycles that may run at the same time. */
  readonly concurrency?: number;
  /** Ends the loop: no new cycle begins, a write in flight finishes, what was learnt is saved. */
  readonly signal: AbortSignal;
  readonly onAbandoned: (
    target: Target,
    error: unknown,
    failuresInARow: number,
    of: CycleIds | undefined,
  ) => void;
};

export type LoopTotals = { readonly cycles: number; readonly abandoned: number };

const longestBackOffSeconds = 60;

/** 1, 2, 4, … intervals, a minute at most (one interval where that is longer). */
export const backOffSeconds = (failuresInARow: number, intervalSeconds: number): number =>
  Math.max(intervalSeconds, Math.min(intervalSeconds * 2 ** (failuresInARow - 1), longestBackOffSeconds));

/** The first instant at or after `from` at which a cycle falls. */
export const slotFrom = (from: number, intervalSeconds: number, offsetSeconds: number): number =>
  Math.ceil((from - offsetSeconds) / intervalSeconds) * intervalSeconds + offsetSeconds;

/** Whole seconds within the interval, by the target's name: targets that start together do not look together. */
export const jitterSeconds = (target: Target, intervalSeconds: number): number =>
  seedOf(targetKey(target)) % Math.max(1, Math.floor(intervalSeconds));

/** Lets `places` run at once, the others wait their turn in order. */
const gate = (places: number) => {
  let free = places;
  const waiting: (() => void)[] = [];
  return async (run: () => Promise<void>): Promise<void> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
};

/** Looks after targets, each at its own times; they may come and go. */
export const looking = (settings: Omit<LoopSettings, 'watched' | 'signal'>) => {
  const { house } = settings;
  const pass = gate(settings.concurrency ?? 8);
  let cycles = 0;
  let abandoned = 0;

  /** Until the signal, or the end of the target's world; what was learnt is saved then. */
  const lookAfter = async (w: Watched, signal: AbortSignal): Promise<void> => {
    const { clock, target } = w;
    const interval = w.spec.intervalSeconds;
    const offset = w.offsetSeconds ?? jitterSeconds(target, interval);
    const slot = (from: number): number => slotFrom(from, interval, offset);
    /** What was agreed by a clock that has been set back since. */
    const isAhead = (at: number): boolean => at > clock.now() + interval;
    const { turn, begun, close } = turns(w, house);
    const last = w.memory.recent.at(-1)?.observation.atSeconds ?? Number.NEGATIVE_INFINITY;
    let failures = 0;
    let retrySeconds: number | undefined;

    const cycle = async (atSeconds: number): Promise<void> => {
      if (signal.aborted) return;
      retrySeconds = undefined;
      try {
        await turn(atSeconds, signal);
        cycles++;
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        abandoned++;
        failures++;
        retrySeconds = w.retrySeconds?.(error);
        settings.onAbandoned(target, error, failures, begun());
      }
    };

    try {
      // A record from the future was made by a clock that was wrong, and is not waited for.
      const begunAt = clock.now();
      const earliest = last > begunAt + interval ? begunAt : Math.max(begunAt, last + interval / 2);
      const first = w.firstLookWithinSeconds;
      let at = slot(earliest);
      if (first !== undefined) at = Math.min(at, earliest + jitterSeconds(target, first));
      while (at < (w.endsAt ?? Number.POSITIVE_INFINITY)) {
        await clock.until(at, signal);
        // Whoever waited at the gate for more than an interval looks at the newest instant, not at a past one; and
        // whose clock was set back by more than that, at one that it shows.
        await pass(() => {
          const newest = slot(clock.now()) - interval;
          return cycle(isAhead(at) ? newest : Math.max(at, newest));
        });
        const wait = failures === 0 ? interval / 2 : backOffSeconds(failures, interval);
        const from = isAhead(at) ? slot(clock.now()) - interval : at;
        const next = slot(Math.max(from + wait, clock.now()));
        at = retrySeconds === undefined ? next : Math.min(next, clock.now() + retrySeconds);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await close(clock.now());
    }
  };

  return { lookAfter, totals: (): LoopTotals => ({ cycles, abandoned }) };
};

/** Looks after all targets until the signal or the end of their worlds. */
export const runLoop = async ({ watched, signal, ...settings }: LoopSettings): Promise<LoopTotals> => {
  const { lookAfter, totals } = looking(settings);
  await Promise.all(watched.map((w) => lookAfter(w, signal)));
  return totals();
};
