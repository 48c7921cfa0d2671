import { type Doubt, doubt, missed } from '#core/doubt';
import type { Sample } from '#core/model';
import { inWords } from '#core/reasons';
import { is, isNot, type Judge, undecided } from './finding.ts';

const reasons = {
  none: 'ValidMetricFound',
  partial: 'PartialMetrics',
  stale: 'StaleMetric',
  missing: 'MissingMetric',
} as const satisfies Record<Doubt, string>;

const isNegative = ({ metric, state, value }: Sample): boolean =>
  metric === 'requests' && state === 'ok' && value !== undefined && value < 0;

/** Ages and values move with each look and are left out, so that the text stays while the trouble does. */
const troubleWith = (sample: Sample): readonly string[] => {
  const { metric, state, source, detail } = sample;
  if (isNegative(sample)) return [`${metric} from ${source} is less than zero`];
  if (state === 'ok') return [];
  const why = detail === undefined || state === 'stale' ? '' : ` (${detail})`;
  return [`${metric} from ${source} is ${state}${why}`];
};

export const metricsAvailable: Judge = ({ record }) => {
  if (record === undefined) return undecided();
  const { observation, spec } = record;
  const why = doubt(observation, spec);
  if (why === 'none') return is(reasons.none, 'all metrics were read');
  const troubles = observation.samples.flatMap(troubleWith);
  const seen = troubles.length === 0 ? 'no metric gives demand now' : troubles.join('; ');
  return isNot(reasons[why], `${inWords(reasons[why])}: ${seen}. Try the query of spec.metrics by hand`);
};

export const fallback: Judge = ({ record }) => {
  if (record === undefined) return undecided();
  const { decision, observation, spec } = record;
  if (decision.state === 'fallback')
    return is(decision.reason, `${inWords(decision.reason)}. It ends by itself when demand is read again`);
  return missed(observation, spec)
    ? isNot('SizeHeld', 'demand is not known, and the size stays')
    : isNot('PolicyDecides', 'demand is known, so the policy decides');
};
