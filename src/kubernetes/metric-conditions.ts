import { type Doubt, doubt } from '#core/doubt';
import type { Sample } from '#core/model';
import { inWords } from '#core/reasons';
import { is, isNot, type Judge, undecided } from './finding.ts';

const reasons = {
  none: 'ValidMetricFound',
  partial: 'PartialMetrics',
  stale: 'StaleMetric',
  missing: 'MissingMetric',
} as const satisfies Record<Doubt, string>;

const bad = ({ metric, state, source, detail }: Sample): string =>
  `${metric} from ${source} is ${state}${detail === undefined ? '' : ` (${detail})`}`;

/** Ages and values move with each look and are left out, so that the text stays while the trouble does. */
export const metricsAvailable: Judge = ({ record }) => {
  if (record === undefined) return undecided();
  const { observation, spec } = record;
  const why = doubt(observation, spec);
  if (why === 'none') return is(reasons.none, 'all metrics were read');
  const troubles = observation.samples.filter(({ state }) => state !== 'ok').map(bad);
  const seen = troubles.length === 0 ? 'no metric gives demand now' : troubles.join('; ');
  return isNot(reasons[why], `${inWords(reasons[why])}: ${seen}. Try the query of spec.metrics by hand`);
};

export const fallback: Judge = ({ record }) => {
  if (record === undefined) return undecided();
  const { decision } = record;
  if (decision.state === 'fallback')
    return is(decision.reason, `${inWords(decision.reason)}. It ends by itself when demand is read again`);
  return isNot('PolicyDecides', 'demand is known or was until just now, so the policy decides');
};
