import type { Agent, Decision, Mode, Outcome } from '#core/model';
import { PortError, type Scaler } from '#ports';

/** Modes that need nobody's word and no second fleet. */
export const executableModes = ['Auto', 'Shadow', 'Off'] as const satisfies readonly Mode[];
export type ExecutableMode = (typeof executableModes)[number];

export const outcomeOf = (mode: ExecutableMode, decision: Decision): Outcome => {
  if (mode === 'Off' || decision.to === decision.from) return 'held';
  return mode === 'Auto' ? 'scaled' : 'shadowed';
};

/** Does it, or records what it would have done. A refused write is an outcome, not the end of the cycle. */
export const executor =
  (given: {
    readonly scaler: Scaler;
    readonly mode: ExecutableMode;
  }): Agent<'target' | 'decision', 'outcome' | 'error'> =>
  async ({ target, decision }, run) => {
    const outcome = outcomeOf(given.mode, decision);
    if (outcome !== 'scaled') return { outcome, error: undefined };
    // A stop asked for now still prevents the write; once begun, the write finishes.
    run?.signal?.throwIfAborted();
    try {
      await given.scaler.scale(target, decision.from, decision.to);
      return { outcome, error: undefined };
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      return { outcome: 'failed', error: error.message };
    }
  };
