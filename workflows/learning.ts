import type { Target } from '#core/model';
import type { Rounds } from '#core/policy';
import type { Clock, Learner } from '#ports';

/** A target that learns beside the loop. */
export type Pupil = { readonly target: Target; readonly rounds: Rounds; readonly clock: Pick<Clock, 'now'> };

export type LearningStatus = {
  /** Rounds that are due and not begun. */
  readonly waiting: number;
  readonly oldestWaitingSeconds: number;
  readonly cpuSeconds: number;
  readonly learnt: number;
  readonly lost: number;
};

export type LearningSettings = {
  /** They may come and go. */
  readonly pupils: () => readonly Pupil[];
  readonly learner: Learner;
  readonly clock: Clock;
  /** Of one core, on average. */
  readonly cpuShare: number;
  readonly signal: AbortSignal;
  readonly onFault: (target: Target, error: unknown) => void;
};

/** Who has waited so long comes first, whatever there is to win. */
const longestWaitSeconds = 2 * 3600;
const lookEverySeconds = 1;
/** After a round that was lost, the next of that target. */
const restSeconds = 60;
/** Time not used is lost: a pause of all targets is not followed by an hour of full speed. */
const mostCreditSeconds = 1;

type Waiting = { readonly pupil: Pupil; readonly waitedSeconds: number };

/** The one who has waited too long, else the one who loses most by what it does not know. */
export const nextOf = (waiting: readonly Waiting[]): Pupil | undefined => {
  const rank = ({ pupil, waitedSeconds }: Waiting): number =>
    waitedSeconds >= longestWaitSeconds ? waitedSeconds : pupil.rounds.regret();
  const late = waiting.filter(({ waitedSeconds }) => waitedSeconds >= longestWaitSeconds);
  const among = late.length > 0 ? late : waiting;
  let first: Waiting | undefined;
  for (const one of among) {
    const ahead = first === undefined ? Number.POSITIVE_INFINITY : rank(one) - rank(first);
    if (ahead > 0 || (ahead === 0 && one.waitedSeconds > first!.waitedSeconds)) first = one;
  }
  return first?.pupil;
};

/**
 * Rounds of learning of all targets, one after the other, under a budget: after c seconds of CPU nothing is done for
 * c/share − c seconds.
 */
export const learnInTurn = (settings: LearningSettings) => {
  const { pupils, learner, clock, cpuShare, signal } = settings;
  const resting = new WeakMap<Rounds, number>();
  let freeAt = clock.now();
  let cpuSeconds = 0;
  let learnt = 0;
  let lost = 0;

  const waiting = (): readonly Waiting[] =>
    pupils().flatMap((pupil) => {
      const dueAt = pupil.rounds.dueAt();
      const waitedSeconds = dueAt === undefined ? -1 : pupil.clock.now() - dueAt;
      return waitedSeconds >= 0 ? [{ pupil, waitedSeconds }] : [];
    });

  /** Whoever scrapes asks for each figure by itself: all targets are looked through once a second. */
  let counted:
    | (Pick<LearningStatus, 'waiting' | 'oldestWaitingSeconds'> & { readonly at: number })
    | undefined;
  const waits = (): Pick<LearningStatus, 'waiting' | 'oldestWaitingSeconds'> => {
    const at = clock.now();
    if (counted === undefined || Math.abs(at - counted.at) >= lookEverySeconds) {
      const all = waiting().map(({ waitedSeconds }) => waitedSeconds);
      counted = {
        at,
        waiting: all.length,
        oldestWaitingSeconds: all.reduce((most, one) => Math.max(most, one), 0),
      };
    }
    const { waiting: count, oldestWaitingSeconds } = counted;
    return { waiting: count, oldestWaitingSeconds };
  };

  const pause = async (spent: number): Promise<void> => {
    cpuSeconds += spent;
    freeAt = Math.max(freeAt, clock.now() - mostCreditSeconds) + spent / cpuShare;
    if (freeAt > clock.now()) await clock.until(freeAt, signal);
  };

  const teach = async ({ target, rounds }: Pupil): Promise<boolean> => {
    let result: unknown;
    try {
      result = await learner.learn(rounds.begin(), pause, signal);
      rounds.end(result);
      learnt++;
      return true;
    } catch (error) {
      if (result === undefined) rounds.end(undefined);
      if (signal.aborted) return false;
      lost++;
      settings.onFault(target, error);
      return false;
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const ready = waiting().filter(({ pupil }) => (resting.get(pupil.rounds) ?? 0) <= clock.now());
      const pupil = nextOf(ready);
      if (pupil === undefined) await clock.until(clock.now() + lookEverySeconds, signal);
      else if (!(await teach(pupil))) resting.set(pupil.rounds, clock.now() + restSeconds);
    }
  };

  return {
    /** Ends with the signal. */
    over: run().catch((error) => {
      if (!signal.aborted) throw error;
    }),
    status: (): LearningStatus => ({ ...waits(), cpuSeconds, learnt, lost }),
  };
};
