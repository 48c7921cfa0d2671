import type { Arrivals, Spec } from '#core/model';
import { nextBacklog } from '#core/queue';
import { type LateBlockState, lateBlock } from '#policies/shadow-q/served/late-block';

export type LateWatchState = {
  readonly backlog: number;
  /** Until then nothing that is seen is of use. */
  readonly calmFrom: number;
  readonly block: LateBlockState;
};

/** Emptier replicas are late for other reasons than load. */
const emptiest = 0.25;
/** Late requests of a backlog stand in a histogram's rate for so long. */
const echoSeconds = 60;
/** So many late requests, or such a share, need no explanation. */
const fewLate = 20;
const alwaysLateRatio = 1e-4;

/**
 * Late requests of a block of time, by how idle their replicas were. Looks with a backlog, with another fleet than
 * before, without counts or at empty replicas say nothing.
 */
export const lateWatch = ({ sloSeconds }: Spec, start?: LateWatchState) => {
  let backlog = start?.backlog ?? 0;
  let calmFrom = start?.calmFrom ?? 0;
  const block = lateBlock(sloSeconds, start?.block);
  return {
    /** Arrivals since the look before, the share of them that was late, and how many replicas served them all the time. */
    see: (a: Arrivals, ratio: number | undefined, ready: number | undefined, capacity: number): void => {
      const { startsAt, stepSeconds, counts } = a;
      if (ready === undefined) {
        backlog = 0;
        calmFrom = startsAt + counts.length * stepSeconds + echoSeconds;
        return;
      }
      const served = ready * capacity * stepSeconds;
      let known = true;
      let sum = 0;
      for (let i = 0; i < counts.length; i++) {
        const count = counts[i]!;
        if (!(count >= 0 && count < Number.POSITIVE_INFINITY)) {
          known = false;
          continue;
        }
        sum += count;
        const waited = backlog > 0;
        backlog = nextBacklog(backlog, count, served);
        if (waited || backlog > 0) calmFrom = startsAt + (i + 1) * stepSeconds + echoSeconds;
      }
      if (!known || ratio === undefined || !(ratio >= 0 && ratio <= 1) || startsAt < calmFrom) return;
      if (sum < emptiest * served * counts.length) return;
      for (let i = 0; i < counts.length; i++)
        block.add(counts[i]!, 1 - counts[i]! / served, ratio * counts[i]!);
    },
    /** Late requests, but for a few, by those that the usual law has with this capacity; undefined: nothing was seen. */
    surprise: (capacity: number): number | undefined => {
      const all = block.requests();
      if (all === 0) return undefined;
      const few = Math.max(fewLate, alwaysLateRatio * all);
      return Math.max(0, block.late() - few) / block.expected(capacity);
    },
    block,
    state: (): LateWatchState => ({ backlog, calmFrom, block: block.state() }),
  };
};

export type LateWatch = ReturnType<typeof lateWatch>;
