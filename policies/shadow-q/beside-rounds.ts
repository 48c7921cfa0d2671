import type { Rounds } from '#core/policy';
import type { RoundResult } from '#policies/shadow-q/experts/two-lines/round';
import type { Mind } from '#policies/shadow-q/mind';

type Begun = ReturnType<Mind['beginRound']>;

/** Learning beside the loop, one round at a time. A mind that has begun anew meanwhile takes nothing of the old one. */
export const besideRounds = (mind: () => Mind, toUnix: (second: number) => number | undefined): Rounds => {
  let open: { readonly mind: Mind; readonly round: Begun } | undefined;
  let ended: RoundResult | undefined;
  return {
    dueAt: () => {
      const second = mind().dueSecond();
      return open !== undefined || second === undefined ? undefined : toUnix(second);
    },
    regret: () => mind().regret(),
    begin: () => {
      open = { mind: mind(), round: mind().beginRound() };
      return open.round;
    },
    end: (result) => {
      try {
        ended = result === undefined ? undefined : open?.round.checked(result);
      } finally {
        if (ended === undefined) open = undefined;
      }
    },
    settle: () => {
      if (open === undefined || ended === undefined) return false;
      const [{ round, mind: whose }, result] = [open, ended];
      open = undefined;
      ended = undefined;
      if (whose !== mind()) return false;
      round.adopt(result);
      return true;
    },
  };
};
