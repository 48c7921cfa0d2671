import type { Clock } from '#ports';

/**
 * Another time, `speed` times as fast as `base`. It stands still between appointments and jumps from one to the
 * next, so what is seen at an appointment does not hang on how late a timer fired.
 */
export const pacedClock = (base: Clock, startsAt: number, speed: number): Clock => {
  const baseStart = base.now();
  let now = startsAt;
  return {
    now: () => now,
    until: async (atSeconds, signal) => {
      await base.until(baseStart + (atSeconds - startsAt) / speed, signal);
      now = Math.max(now, atSeconds);
    },
  };
};
