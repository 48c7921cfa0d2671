import { lateShare, nextBacklog } from '#core/queue';
import type { Economy } from '#policies/shadow-q/experts/two-lines/chunk-gradient';
import { type Calm, surplusRatio, type Turn, towards } from '#policies/shadow-q/experts/two-lines/lines';
import { longestStartUp } from '#policies/shadow-q/served/start-up';

/**
 * A fleet that was never run: what one expert would have had and paid on the recorded demand. Costs are booked in the
 * step in which they are felt. Ready is the least of the sizes wanted during the last start-up time.
 */
export const shadow = (given: Economy, ageSeconds: number, moves: Calm) => {
  let e = given;
  const stepsOf = (seconds: number): number => Math.ceil(seconds / e.stepSeconds);
  let L = stepsOf(e.startUpSeconds);
  /** Sizes are kept for as long as a start may be found to take. */
  const kept = stepsOf(longestStartUp(e.startUpSeconds)) + stepsOf(ageSeconds) + 4;
  const sizes = new Float64Array(kept);
  // [size wanted last, backlog, what was too many since the last order in seconds of the fleet (infinite after a release)]
  const scalars = new Float64Array(3);

  const sizeAt = (step: number): number => sizes[((step % kept) + kept) % kept]!;

  const readyAt = (step: number): number => {
    let least = sizeAt(step);
    for (let j = step - L; j < step; j++) least = Math.min(least, sizeAt(j));
    return least;
  };

  const turn = (): Turn => ({ surplusSeconds: scalars[2]!, size: scalars[0]! });

  return {
    /** From now on it serves as this economy says. */
    govern: (economy: Economy): void => {
      e = economy;
      L = stepsOf(e.startUpSeconds);
    },
    start: (replicas: number): void => {
      sizes.fill(replicas);
      scalars[0] = replicas;
      scalars[2] = Number.POSITIVE_INFINITY;
    },
    /** What the expert wants at step k, by its two lines. */
    decide: (step: number, low: number, high: number): number => {
      const before = scalars[0]!;
      scalars[2]! += e.stepSeconds * surplusRatio(before, high);
      const wanted = towards(before, low, high, moves, turn());
      const size = Math.max(e.minReplicas, Math.min(e.maxReplicas, wanted));
      if (size !== before) scalars[2] = size > before ? 0 : Number.POSITIVE_INFINITY;
      sizes[((step % kept) + kept) % kept] = size;
      scalars[0] = size;
      return size;
    },
    wanted: (): number => scalars[0]!,
    turn,
    /**
     * Plays the seconds [from, to) that became visible at `step`; decisions act `ageSeconds` after what they saw. Gives
     * the cost in replica-hours.
     */
    play: (step: number, arrivals: Float32Array, from: number, to: number): number => {
      let cost = 0;
      let inForce = Number.NaN;
      let size = 0;
      let ready = 0;
      for (let t = from; t < to; t++) {
        const back = (to - t + ageSeconds) / e.stepSeconds;
        const j = step - Math.ceil(back);
        if (j !== inForce) {
          inForce = j;
          size = sizeAt(j);
          ready = readyAt(j);
          if (Number.isInteger(back)) cost += e.switchPrice * Math.abs(size - sizeAt(j - 1));
        }
        const d = arrivals[t]!;
        const served = ready * e.capacityPerReplica;
        const left = nextBacklog(scalars[1]!, d, served);
        const wait = served > 0 ? (scalars[1]! + left) / (2 * served) : Number.POSITIVE_INFINITY;
        const share = d === 0 ? 0 : lateShare(d / served, wait, e.tailPerSecond, e.sloSeconds);
        cost += size / 3600 + e.latePrice * d * share;
        scalars[1] = left;
      }
      return cost;
    },
    state: { sizes, scalars },
  };
};
