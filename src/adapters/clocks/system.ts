import { setTimeout } from 'node:timers/promises';
import type { Clock } from '#ports';

/** Node fires a timer at once when its delay does not fit into 31 bits of milliseconds. */
const longestMilliseconds = 2 ** 31 - 1;

/** By the timers' own clock, which never steps. Rejects with the signal's reason. */
export const sleep = async (seconds: number, signal?: AbortSignal): Promise<void> => {
  signal?.throwIfAborted();
  const delay = Math.min(Math.ceil(seconds * 1000), longestMilliseconds);
  // The timer's own AbortError hides the reason that the caller gave.
  await setTimeout(delay, undefined, { signal }).catch((error) => {
    throw signal?.aborted ? signal.reason : error;
  });
};

/** Two clocks never agree to the last millisecond. */
const slackSeconds = 0.05;

/**
 * `until` never lasts longer than it would have when it was asked for, though the clock on the wall be set back meanwhile.
 * `steady`: seconds of a clock that never steps.
 */
export const clockOf = (given: {
  readonly now: () => number;
  readonly steady: () => number;
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
}): Clock => {
  const { now, steady, sleep } = given;
  const until = async (atSeconds: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    const over = steady() + atSeconds - now() + slackSeconds;
    for (;;) {
      const rest = Math.min(atSeconds - now(), over - steady());
      if (rest <= 0) return;
      await sleep(rest, signal);
    }
  };
  return { now, until };
};

/** Unix seconds to the microsecond, for timing what is shorter than the system clock's millisecond. */
export const preciseNow = (): number => (performance.timeOrigin + performance.now()) / 1000;

/** Seconds of a clock that never steps, for durations: Leases, back-off, the age of what was heard. */
export const monotonicNow = (): number => performance.now() / 1000;

export const systemClock = (): Clock =>
  clockOf({ now: () => Date.now() / 1000, steady: monotonicNow, sleep });
