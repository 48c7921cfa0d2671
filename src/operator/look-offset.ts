import { settledAfterSeconds } from '#adapters/metrics/operator-sources';
import { type Spec, type Target, targetKey } from '#core/model';
import { seedOf } from '#core/random';

/**
 * Hundreds that look at one instant would wait for each other; each alone costs a quarter more of CPU, probably for
 * caches that are cold by then. A power of two: times stay exact.
 */
const instantsInSecond = 8;

/**
 * How long after a whole multiple of the interval a target is looked at. A step of a counter has settled then, for any
 * sooner the newest would be a whole step old, and not a third of the interval before: so all who share an answer of a
 * metric source can. Where steps are shorter, targets are spread over them all: whoever is to answer, be it Prometheus or
 * the API server, is asked evenly.
 */
export const lookOffsetSeconds = (
  target: Target,
  { intervalSeconds, metricAgeSeconds }: Pick<Spec, 'intervalSeconds' | 'metricAgeSeconds'>,
): number => {
  const isWhole = metricAgeSeconds > 0 && intervalSeconds % metricAgeSeconds === 0;
  const stepSeconds = isWhole ? metricAgeSeconds : intervalSeconds;
  const instants = Math.max(1, Math.floor(instantsInSecond * Math.min(stepSeconds, intervalSeconds / 3)));
  const drawn = seedOf(targetKey(target)) % (instants * (intervalSeconds / stepSeconds));
  const [step, instant] = [Math.floor(drawn / instants), drawn % instants];
  return settledAfterSeconds + step * stepSeconds + instant / instantsInSecond;
};
