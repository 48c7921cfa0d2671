import { settledAfterSeconds } from '#adapters/metrics/operator-sources';
import { type Target, targetKey } from '#core/model';
import { seedOf } from '#core/random';

/** Hundreds that look at one instant would wait for each other. A power of two: times stay exact. */
const instantsInSecond = 64;

/**
 * How long after a whole multiple of the interval a target is looked at: when a step of a counter has just settled, for
 * any sooner the newest would be a whole step old; and within a third of the interval, so that all who share an answer
 * of a metric source can.
 */
export const lookOffsetSeconds = (target: Target, intervalSeconds: number): number =>
  settledAfterSeconds +
  (seedOf(targetKey(target)) % Math.max(1, Math.floor((instantsInSecond * intervalSeconds) / 3))) /
    instantsInSecond;
