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
