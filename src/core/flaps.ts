import { within } from '#core/behavior';
import type { Guards, Past } from '#core/model';

/**
 * A turn is a rise that was undone. It counts as long as the rise lies within the window: so all that is needed is known
 * again from the records of one window, and a fall long after a rise is no flapping.
 */
type Turns = Pick<Past, 'risenAt' | 'turnedAt'>;
type FlapBudget = NonNullable<Guards['flapBudget']>;

const none: readonly number[] = Object.freeze([]);

export const turnsWithin = (
  { turnedAt = none }: Turns,
  nowSeconds: number,
  { windowSeconds }: FlapBudget,
): number =>
  turnedAt.reduce((count, roseAt) => count + (within(roseAt, nowSeconds, windowSeconds) ? 1 : 0), 0);

export const withTurn = (
  { risenAt, turnedAt = none }: Turns,
  nowSeconds: number,
  change: number,
  { windowSeconds }: FlapBudget,
): Turns => {
  if (change === 0) return { risenAt, turnedAt };
  if (change > 0) return { risenAt: nowSeconds, turnedAt };
  const kept = turnedAt.filter((roseAt) => within(roseAt, nowSeconds, windowSeconds));
  return { risenAt: undefined, turnedAt: risenAt === undefined ? kept : [...kept, risenAt] };
};
