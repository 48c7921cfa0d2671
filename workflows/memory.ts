import { type Ended, leadCycles } from '#agents/rewarder';
import type { Arrivals, Cycle, Past } from '#core/model';
import { emptyPast, remember } from '#core/past';

/** What one target's loop carries from cycle to cycle: a value, rebuilt from the records after a restart. */
export type Memory = {
  readonly past: Past;
  /** As many cycles as a decision needs to be felt, and one more; the newest last. */
  readonly recent: readonly Ended[];
  /** The end of the arrivals that are known. */
  readonly since: number | undefined;
};

export const noMemory: Memory = {
  past: emptyPast,
  recent: [],
  since: undefined,
};

const endOf = ({ startsAt, stepSeconds, counts }: Arrivals): number => startsAt + counts.length * stepSeconds;

export const remembering = ({ past, recent, since }: Memory, cycle: Cycle): Memory => {
  const { observation, decision, spec, outcome } = cycle;
  return {
    past: remember(past, observation, decision, spec, outcome === 'scaled'),
    recent: [...recent, cycle].slice(-(leadCycles(spec) + 1)),
    since: observation.arrivals === undefined ? since : endOf(observation.arrivals),
  };
};

/**
 * As it is when a clock is set back to `atSeconds`: whatever happened has happened by then. A cooldown or a rate would else
 * bind for as long as the clock was wrong. No reward is given for an interval that never was.
 */
export const setBack = (memory: Memory, atSeconds: number): Memory => {
  const last = memory.recent.at(-1)?.observation.atSeconds ?? Number.NEGATIVE_INFINITY;
  if (last <= atSeconds) return memory;
  const { past, recent, since } = memory;
  const byThen = (at: number): number => Math.min(at, atSeconds);
  const dated = <T extends { readonly atSeconds: number }>(one: T): T => ({
    ...one,
    atSeconds: byThen(one.atSeconds),
  });
  const { missedSince, risenAt, turnedAt } = past;
  return {
    past: {
      ...past,
      recommendations: past.recommendations.map(dated),
      scalings: past.scalings.map(dated),
      ...(missedSince !== undefined && { missedSince: byThen(missedSince) }),
      ...(risenAt !== undefined && { risenAt: byThen(risenAt) }),
      ...(turnedAt !== undefined && { turnedAt: turnedAt.map(byThen) }),
    },
    recent: recent.filter(({ observation }) => observation.atSeconds <= atSeconds),
    since: since === undefined || since <= atSeconds ? since : undefined,
  };
};
