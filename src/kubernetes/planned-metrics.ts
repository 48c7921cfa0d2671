import type { Target } from '#core/model';
import type { Fault } from './fault.ts';
import type { PodsMetric, PolicyMetric, PrometheusMetric } from './scaling-policy.ts';

/** A metric as it is read: from where, and with the target's names in the query. */
export type PlannedMetric =
  | {
      readonly source: 'prometheus';
      readonly name: string;
      readonly server: string;
      readonly query: string;
      /** One query for all workloads, whose series these labels tell apart; absent: it gives one number. */
      readonly labels?: PrometheusMetric['labels'] | undefined;
      readonly freshness?: string | undefined;
      /** A counter of requests, whose increases are the arrivals. */
      readonly counter: boolean;
    }
  | { readonly source: 'metrics-server'; readonly name: string }
  | ({ readonly source: 'pods'; readonly name: string } & PodsMetric);

/** What the operator knows of a Prometheus server that policies name. */
export type KnownServer = {
  /** Normal age of its newest sample, seconds: scrape interval and delay. */
  readonly metricAgeSeconds: number;
};
export type KnownServers = Readonly<Record<string, KnownServer>>;

/** metrics-server asks the nodes each 15 s unless told otherwise. */
const metricsServerAgeSeconds = 15;
/** Pods are asked each 2 s. */
const podsAgeSeconds = 2;

/** Names of Kubernetes hold no quote and no backslash, so they stand in PromQL as they are. */
const filled = (text: string, { namespace, kind, name }: Target): string =>
  text.replaceAll('{{namespace}}', namespace).replaceAll('{{kind}}', kind).replaceAll('{{name}}', name);

const fromPrometheus = (
  name: string,
  { server, query, labels, freshness, counter }: PrometheusMetric,
  target: Target,
): PlannedMetric => {
  const text = (template: string): string => (labels === undefined ? filled(template, target) : template);
  return {
    source: 'prometheus',
    name,
    server,
    query: text(query),
    counter,
    ...(labels !== undefined && { labels }),
    ...(freshness !== undefined && { freshness: text(freshness) }),
  };
};

const planned = ({ name, prometheus, pods }: PolicyMetric, target: Target): PlannedMetric => {
  if (prometheus !== undefined) return fromPrometheus(name, prometheus, target);
  if (pods !== undefined) return { source: 'pods', name, ...pods };
  return { source: 'metrics-server', name };
};

const serverFault = (metric: PolicyMetric, servers: KnownServers, path: string): readonly Fault[] => {
  const { prometheus } = metric;
  if (prometheus === undefined || Object.hasOwn(servers, prometheus.server)) return [];
  const known = Object.keys(servers);
  return [
    {
      path: `${path}.prometheus.server`,
      value: JSON.stringify(prometheus.server),
      problem: "is no server of the operator's configuration",
      mend:
        known.length === 0
          ? 'ask who runs NimbusGuard to configure one'
          : `give one of ${known.toSorted().join(', ')}, or ask who runs NimbusGuard to configure it`,
    },
  ];
};

export const plannedMetrics = (
  metrics: readonly PolicyMetric[],
  target: Target,
  servers: KnownServers,
  path: string,
): { readonly metrics: readonly PlannedMetric[]; readonly faults: readonly Fault[] } => ({
  metrics: metrics.map((metric) => planned(metric, target)),
  faults: metrics.flatMap((metric, i) => serverFault(metric, servers, `${path}[${i}]`)),
});

const ageOf = (metric: PlannedMetric, servers: KnownServers): number => {
  if (metric.source === 'pods') return podsAgeSeconds;
  if (metric.source === 'metrics-server') return metricsServerAgeSeconds;
  return servers[metric.server]?.metricAgeSeconds ?? metricsServerAgeSeconds;
};

/** Demand is what a policy goes by: its age counts, and that of the oldest source where nobody counts requests. */
export const metricAgeSeconds = (metrics: readonly PlannedMetric[], servers: KnownServers): number => {
  const demand = metrics.filter(({ name }) => name === 'requests');
  const ages = (demand.length > 0 ? demand : metrics).map((metric) => ageOf(metric, servers));
  return ages.reduce((oldest, age) => Math.max(oldest, age), 0);
};
