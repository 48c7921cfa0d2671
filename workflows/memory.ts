import { type Ended, leadCycles } from '#agents/rewarder';
import { remember } from '#core/limits';
import type { Arrivals, Cycle, Past } from '#core/model';

/** What one target's loop carries from cycle to cycle: a value, rebuilt from the records after a restart. */
export type Memory = {
  readonly past: Past;
  /** As many cycles as a decision needs to be felt, and one more; the newest last. */
  readonly recent: readonly Ended[];
  /** The end of the arrivals that are known. */
  readonly since: number | undefined;
};

export const noMemory: Memory = {
  past: { recommendations: [], scalings: [], misses: 0 },
  recent: [],
  since: undefined,
};

const endOf = ({ startsAt, stepSeconds, counts }: Arrivals): number => startsAt + counts.length * stepSeconds;

/** What was wished counts as a recommendation; only what was written counts as a scaling. */
export const remembering = ({ past, recent, since }: Memory, cycle: Cycle): Memory => {
  const { observation, spec, outcome } = cycle;
  const decision = outcome === 'scaled' ? cycle.decision : { ...cycle.decision, to: cycle.decision.from };
  return {
    past: remember(past, observation, decision, spec),
    recent: [...recent, cycle].slice(-(leadCycles(spec) + 1)),
    since: observation.arrivals === undefined ? since : endOf(observation.arrivals),
  };
};
