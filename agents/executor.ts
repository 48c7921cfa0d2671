import type { Approval } from '#core/circumstances';
import { type Agent, type Decision, type Mode, modes, type Outcome } from '#core/model';
import { PortError, type Scaler } from '#ports';

export const executableModes = modes;
export type ExecutableMode = Mode;

/** Canary scales as Auto does: how far is a matter of the limits. */
export const outcomeOf = (mode: Mode, { from, to }: Decision, approved?: Approval): Outcome => {
  if (mode === 'Off' || to === from) return 'held';
  if (mode === 'Shadow') return 'shadowed';
  // What a limit left of an approved size is not what was approved.
  return mode !== 'Approve' || to === approved?.to ? 'scaled' : 'awaiting-approval';
};

/** Does it, or records what it would have done. A refused write is an outcome, not the end of the cycle. */
export const executor =
  (given: {
    readonly scaler: Scaler;
    readonly mode: Mode;
  }): Agent<'target' | 'observation' | 'decision', 'outcome' | 'error'> =>
  async ({ target, observation, decision }, run) => {
    const outcome = outcomeOf(given.mode, decision, observation.approved);
    if (outcome !== 'scaled') return { outcome, error: undefined };
    // A stop asked for now still prevents the write; once begun, the write finishes.
    run?.signal?.throwIfAborted();
    try {
      await given.scaler.scale(target, decision.from, decision.to, undefined, run?.calls);
      return { outcome, error: undefined };
    } catch (error) {
      if (!(error instanceof PortError)) throw error;
      return { outcome: 'failed', error: error.message };
    }
  };
