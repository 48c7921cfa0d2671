import type { OperatorMetric, OperatorSources } from '#adapters/metrics/operator-sources';
import type { KubernetesConfig } from '#config';
import type { Arrivals, Sample } from '#core/model';
import type { PlannedMetric } from '#kubernetes/planned-metrics';
import type { Plan } from '#kubernetes/policy-plan';
import { policies } from '#policies/registry';
import type { MetricSource } from '#ports';

/** Twice the normal age, as the doubt rules have it, and never less than they trust anyway. */
const staleAfter = (scrapeSeconds: number): number => Math.max(15, 2 * scrapeSeconds);

const metricOf = (planned: PlannedMetric, servers: KubernetesConfig['servers']): OperatorMetric => {
  if (planned.source === 'metrics-server')
    return { kind: 'metrics-server', metric: planned.name as 'cpu' | 'memory' };
  if (planned.source === 'pods') {
    const { port, path, metric: counter, labels } = planned;
    return { kind: 'pods', port, path, counter, labels };
  }
  const { server, query, labels, freshness, counter, name } = planned;
  const { scrapeSeconds } = servers[server]!;
  const asked = { server, query, labels, freshness };
  return counter
    ? { ...asked, kind: 'prometheus-arrivals', stepSeconds: scrapeSeconds }
    : { ...asked, kind: 'prometheus', metric: name, staleAfterSeconds: staleAfter(scrapeSeconds) };
};

/** A counter tells the rate of its newest whole step, too. */
const rateOf = (
  { startsAt, stepSeconds, counts }: Arrivals,
  query: string,
  atSeconds: number,
  staleAfterSeconds: number,
): Sample | undefined => {
  const newest = counts[counts.length - 1];
  if (newest === undefined || Number.isNaN(newest)) return undefined;
  const ageSeconds = Math.max(0, atSeconds - (startsAt + counts.length * stepSeconds));
  const state = ageSeconds <= staleAfterSeconds ? 'ok' : 'stale';
  const value = newest / stepSeconds;
  return { metric: 'requests', value, state, ageSeconds, source: 'prometheus', query };
};

/** Where nobody gives the rate of requests, the counter that was asked for gives it. */
const withRate = (source: MetricSource, plan: Plan): MetricSource => {
  const counter = plan.metrics.find((metric) => metric.source === 'prometheus' && metric.counter);
  const rated = plan.metrics.some(
    (metric) => metric.name === 'requests' && !(metric.source === 'prometheus' && metric.counter),
  );
  if (counter?.source !== 'prometheus' || rated) return source;
  const stale = staleAfter(plan.spec.metricAgeSeconds);
  let last: Sample | undefined;
  let lastAt = 0;
  return {
    ...source,
    read: async (target, atSeconds, since, abort, calls) => {
      const reading = await source.read(target, atSeconds, since, abort, calls);
      const fresh = reading.arrivals && rateOf(reading.arrivals, counter.query, atSeconds, stale);
      if (fresh !== undefined) [last, lastAt] = [fresh, atSeconds];
      if (last === undefined) return reading;
      // Between two steps of the counter nothing new is known: the newest rate grows old.
      const ageSeconds = last.ageSeconds + (atSeconds - lastAt);
      const aged: Sample = { ...last, ageSeconds, state: ageSeconds <= stale ? 'ok' : 'stale' };
      return { ...reading, samples: [aged, ...reading.samples] };
    },
  };
};

/** Where a policy's target is measured. */
export const policySource = (
  plan: Plan,
  sources: OperatorSources,
  servers: KubernetesConfig['servers'],
): MetricSource & { close(): void } => {
  const metrics = plan.metrics.map((metric) => metricOf(metric, servers));
  const open = sources.open(plan.target, metrics, {
    withPods: policies[plan.policy.name]?.sees.pods === true,
  });
  return { ...withRate(open, plan), close: open.close };
};
