import { settledAfterSeconds } from '#adapters/metrics/operator-sources';
import type { Target } from '#core/model';
import { jitterSeconds } from '#workflows/loop';

/**
 * How long after a whole multiple of the interval a target is looked at: when a step of a counter has just settled, for
 * any sooner the newest would be a whole step old; and within a third of the interval, so that all who share an answer
 * of a metric source can.
 */
export const lookOffsetSeconds = (target: Target, intervalSeconds: number): number =>
  settledAfterSeconds + jitterSeconds(target, intervalSeconds / 3);
