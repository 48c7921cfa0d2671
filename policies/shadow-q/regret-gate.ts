import type { Shelf } from '#core/shelf';
import { isKept, kept } from '#policies/shadow-q/kept';
import { overwrite, type State, valuesOf } from '#policies/shadow-q/state';

export type GateSettings = {
  readonly experts: number;
  /** Which of the experts are learnt; the others are what learning is held to. */
  readonly learned: number;
  readonly shipped: number;
  readonly stepSeconds: number;
  /** What is learnt, as it stands: weights and table. Overwritten where it proves bad. */
  readonly learnt: State;
  /** Where what it can go back to lies; absent: in memory. */
  readonly shelf?: Shelf | undefined;
};

/** Costs count with this half-life, as in the table; on less than two hours of them no verdict is given. */
const halfLifeSeconds = 3 * 3600;
const leastSeconds = 2 * 3600;
/** On the recorded loads neither ratio ever passed 1.07, on made-up pulses 1.17. */
const clearRatio = 1.25;
const passRatio = 1.1;
const passEverySeconds = 3600;

const copyOf = (learnt: State, shelf: Shelf | undefined): State =>
  Object.fromEntries(
    Object.entries(learnt).map(([name, held]) => [
      name,
      isKept(held) ? kept(held.read(), shelf) : held.slice(),
    ]),
  );
const write = (from: State, to: State): void => {
  for (const [name, held] of Object.entries(to)) overwrite(held, valuesOf(from[name]!));
};
export const allFinite = (learnt: State): boolean =>
  Object.values(learnt).every((held) => valuesOf(held).every(Number.isFinite));
const named = (prefix: string, learnt: State): State =>
  Object.fromEntries(Object.entries(learnt).map(([name, values]) => [prefix + name, values]));

/**
 * Learning must not cost more than not to learn. What decides is held to the best of all that was not learnt, and the
 * learnt nets to the shipped ones; each by what its fleet would have cost on the same demand:
 *
 *   S(x) = Σ 2^(−age/3 h)·cost(x)       bad: S(own) > 1.25·min S(not learnt)   or   S(learnt nets) > 1.25·S(shipped nets)
 *
 * What was learnt then goes back to what it was when it last passed (1.1 at most in both), a second time in a row to
 * the beginning. To be kept as good it must have passed twice, an hour apart: the costs of an hour ago say nothing
 * about the weights of this minute.
 */
export const regretGate = ({ experts, learned, shipped, stepSeconds, learnt, shelf }: GateSettings) => {
  const first = copyOf(learnt, shelf);
  const tried = copyOf(learnt, shelf);
  const good = copyOf(learnt, shelf);
  const sums = new Float64Array(1 + experts);
  // [seconds of the sums, seconds since it passed, demotions, of these since it passed]
  const scalars = new Float64Array(4);
  const keep = 2 ** (-stepSeconds / halfLifeSeconds);

  const worst = (): number => {
    let least = Number.POSITIVE_INFINITY;
    for (let e = 0; e < experts; e++) if (e !== learned) least = Math.min(least, sums[1 + e]!);
    return Math.max(sums[0]! / least, sums[1 + learned]! / sums[1 + shipped]!);
  };

  return {
    /** After each step: what it cost who decides, and what each expert. True when what was learnt is to be demoted. */
    isBad: (own: number, costs: ArrayLike<number>): boolean => {
      sums[0] = keep * sums[0]! + own;
      for (let e = 0; e < experts; e++) sums[1 + e] = keep * sums[1 + e]! + costs[e]!;
      scalars[0]! += stepSeconds;
      scalars[1]! += stepSeconds;
      if (scalars[0]! < leastSeconds) return false;
      const ratio = worst();
      if (ratio > clearRatio) return true;
      if (scalars[1]! >= passEverySeconds && ratio <= passRatio && allFinite(learnt)) {
        write(tried, good);
        write(learnt, tried);
        scalars[1] = 0;
        scalars[3] = 0;
      }
      return false;
    },
    demote: (): void => {
      write(scalars[3] === 0 && allFinite(good) ? good : first, learnt);
      write(learnt, tried);
      write(learnt, good);
      sums.fill(0);
      scalars[0] = 0;
      scalars[1] = 0;
      scalars[2]!++;
      scalars[3]!++;
    },
    demotions: (): number => scalars[2]!,
    /** Cost of a step above that of the best expert, in parts of it: what there is to win by learning. */
    regret: (): number => {
      let least = Number.POSITIVE_INFINITY;
      for (let e = 0; e < experts; e++) least = Math.min(least, sums[1 + e]!);
      return least > 0 ? sums[0]! / least - 1 : 0;
    },
    state: {
      gateSums: sums,
      gateScalars: scalars,
      ...named('tried_', tried),
      ...named('good_', good),
    } as State,
  };
};

export type RegretGate = ReturnType<typeof regretGate>;
