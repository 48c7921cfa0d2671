import type { Observation, Spec } from '#core/model';
import { quantile } from '#core/statistics';

/** Replicas that were ordered in one interval; null: nobody knows when. */
type Batch = { readonly orderedAt: number | null; readonly count: number; readonly left: number };
type Look = { readonly at: number; readonly desired: number; readonly ready: number };

export type StartUpState = {
  readonly last: Look | undefined;
  readonly pending: readonly Batch[];
  /** Seconds, of the newest starts. */
  readonly samples: readonly number[];
};

const leastSamples = 5;
const keptSamples = 20;
/** Found times lie within this factor of what was told, and in this range. */
const mostFactor = 4;
const [shortestSeconds, longestSeconds] = [10, 600];
/** Smaller changes are not worth one. */
const band = 0.25;
/** After a longer time than this between two looks nobody knows what lay in it. */
const longestLookIntervals = 1.5;

export const longestStartUp = (toldSeconds: number): number =>
  Math.max(toldSeconds, Math.min(longestSeconds, mostFactor * toldSeconds));
const shortestStartUp = (toldSeconds: number): number =>
  Math.min(toldSeconds, Math.max(shortestSeconds, toldSeconds / mostFactor));

/** What may have been found by who was told this. */
export const mayTake = (toldSeconds: number, seconds: number): boolean =>
  seconds >= shortestStartUp(toldSeconds) && seconds <= longestStartUp(toldSeconds);

const startingAt = ({ desired, ready }: Look): number => Math.max(0, desired - ready);
const leftIn = (batches: readonly Batch[]): number => batches.reduce((sum, { left }) => sum + left, 0);

/**
 * How long replicas take from the order to being ready. Those that were ordered first are taken to be ready first, and a
 * batch to have taken as long as its middle replica. Orders are given at looks and felt in the next, so an order that
 * shows was given at the look before. Where starting replicas are cancelled or lost, in a rollout or a gap, nobody can
 * tell which are left: of those that start then nothing is learnt.
 */
export const startUpMeter = ({ startUpSeconds: told, intervalSeconds }: Spec, start?: StartUpState) => {
  let { last, pending, samples } = start ?? { last: undefined, pending: [], samples: [] };

  /** Nothing lay between that nobody saw, and no starting replica was cancelled. */
  const follows = (before: Look, { at, desired }: Look): boolean =>
    at > before.at &&
    at - before.at <= longestLookIntervals * intervalSeconds &&
    (desired >= before.desired || startingAt(before) === 0);

  const forget = (look: Look): void => {
    const count = startingAt(look);
    pending = count === 0 ? [] : [{ orderedAt: null, count, left: count }];
  };

  const conclude = ({ orderedAt }: Batch, at: number): void => {
    if (orderedAt !== null) samples = [...samples, at - orderedAt].slice(-keptSamples);
  };

  const becameReady = (count: number, at: number): void => {
    let more = count;
    const rest: Batch[] = [];
    for (const batch of pending) {
      const left = batch.left - Math.min(more, batch.left);
      more -= batch.left - left;
      const half = Math.floor(batch.count / 2);
      if (batch.left > half && left <= half) conclude(batch, at);
      if (left > 0) rest.push({ ...batch, left });
    }
    pending = rest;
  };

  return {
    see: ({ atSeconds: at, replicas: { desired, ready }, rollout }: Observation): void => {
      const [before, look] = [last, { at, desired, ready }];
      last = rollout ? undefined : look;
      if (before === undefined || rollout || !follows(before, look)) {
        forget(look);
        return;
      }
      const count = desired - before.desired;
      if (count > 0) pending = [...pending, { orderedAt: before.at, count, left: count }];
      if (ready > before.ready) becameReady(ready - before.ready, at);
      // Whatever else has happened, the sums are no longer right.
      if (leftIn(pending) !== startingAt(look)) forget(look);
    },
    /** In whole intervals, that in which they became ready included; `held` where that is as good, or little was seen. */
    estimate: (held: number): number => {
      if (samples.length < leastSamples) return held;
      const seen = quantile(samples, 0.5);
      // Looks come a little early or late.
      const steps = Math.max(1, Math.round(seen / intervalSeconds));
      const middle = seen - intervalSeconds / 2;
      const isSame = steps === Math.max(1, Math.ceil(held / intervalSeconds));
      if (isSame || Math.abs(middle / held - 1) <= band) return held;
      const least = Math.ceil(shortestStartUp(told) / intervalSeconds);
      const most = Math.floor(longestStartUp(told) / intervalSeconds);
      return most < least ? held : Math.max(least, Math.min(most, steps)) * intervalSeconds;
    },
    state: (): StartUpState => ({ last, pending, samples }),
  };
};
