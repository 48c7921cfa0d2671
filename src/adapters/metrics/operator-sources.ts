import type { Calls } from '#core/calls';
import type { Arrivals, Sample, Target } from '#core/model';
import type { KubeApi } from '#kubernetes/api';
import { type Clock, type MetricSource, PortError } from '#ports';
import { batchedArrivals } from './batched-arrivals.ts';
import { type Apis, batchedQueries } from './batched-queries.ts';
import type { WorkloadLabels } from './by-workload.ts';
import { metricFaults } from './metric-faults.ts';
import { metricsServer } from './metrics-server.ts';
import { podPages } from './pod-pages.ts';
import { type PodScraper, podScraper } from './pods.ts';
import { readArrivals } from './prometheus-arrivals.ts';
import { readSample } from './prometheus-sample.ts';
import type { PodsOf } from './target-pods.ts';

type Query = {
  /** The name of a Prometheus in the operator's settings. */
  readonly server: string;
  /** With `labels` one series for each workload; without, a template with {{namespace}}, {{kind}}, {{name}}. */
  readonly query: string;
  readonly labels?: WorkloadLabels | undefined;
  readonly freshness?: string | undefined;
};

/** Where a policy takes a signal from. */
export type OperatorMetric =
  | (Query & {
      readonly kind: 'prometheus';
      /** The signal: requests, cpu, memory, late, or another that is to be recorded. */
      readonly metric: string;
      readonly staleAfterSeconds?: number | undefined;
    })
  | (Query & {
      readonly kind: 'prometheus-arrivals';
      readonly stepSeconds: number;
      readonly settleSeconds?: number | undefined;
    })
  | {
      readonly kind: 'metrics-server';
      readonly metric: 'cpu' | 'memory';
      readonly staleAfterSeconds?: number | undefined;
    }
  | {
      /** Gives `requests` and arrivals. */
      readonly kind: 'pods';
      readonly port: number;
      readonly path?: string | undefined;
      readonly counter: string;
      readonly labels?: Readonly<Record<string, string>> | undefined;
      readonly stepSeconds?: number | undefined;
      readonly rateSeconds?: number | undefined;
      readonly staleAfterSeconds?: number | undefined;
    };

export type OpenSource = MetricSource & {
  /** Ends what runs for it; what it shares with others goes on. */
  close(): void;
};

type Part = {
  readonly samples: readonly Sample[];
  readonly arrivals?: Arrivals | undefined;
  readonly pods?: Awaited<ReturnType<ReturnType<typeof metricsServer>['read']>>['pods'];
};
type Read = (
  atSeconds: number,
  since: number | undefined,
  abort: AbortSignal | undefined,
  calls: Calls | undefined,
) => Promise<Part>;

/** What Prometheus has scraped is there after so long: a counter's step is asked for then, and not before. */
export const settledAfterSeconds = 2;
const metricsServerStaleSeconds = 60;
const staleSeconds = 15;

const failed = (metric: string, source: string, query: string, detail: string): Sample => ({
  metric,
  source,
  query,
  detail,
  value: undefined,
  state: 'error',
  ageSeconds: 0,
});

/**
 * The metric sources of an operator. What many policies ask is asked once and shared: queries of Prometheus by workload,
 * the lists of metrics-server, the way to the pods. `open` makes the source of one policy.
 */
export const operatorSources = (given: {
  readonly apis: Apis;
  readonly api: Pick<KubeApi, 'request' | 'server'>;
  readonly podsOf: PodsOf;
  readonly clock: Clock;
  /** How long an answer is shared: by so much metrics may be older. A third of the interval. */
  readonly maxAgeSeconds: number;
  /** Whose pod metrics are listed at once. */
  readonly namespaces?: 'each' | 'all';
  /** How long the page of a pod is waited for. */
  readonly pageSeconds?: number;
}) => {
  const { apis, podsOf, clock, maxAgeSeconds, pageSeconds } = given;
  const queries = batchedQueries({ apis, maxAgeSeconds });
  const counters = batchedArrivals({ apis, maxAgeSeconds });
  const usage = metricsServer({
    api: given.api,
    podsOf,
    namespaces: given.namespaces ?? 'each',
    maxAgeSeconds,
  });
  const pages = podPages({ timeoutSeconds: pageSeconds });
  const open = new Set<() => void>();

  const templated = async (
    signal: Extract<OperatorMetric, Query>,
    target: Target,
    ...[atSeconds, since, abort, calls]: Parameters<Read>
  ): Promise<Part> => {
    const api = apis(signal.server);
    const metric = signal.kind === 'prometheus' ? signal.metric : 'arrivals';
    if (api === undefined) {
      const detail = `no Prometheus is called "${signal.server}": see the settings`;
      return { samples: [failed(metric, 'prometheus', signal.query, detail)] };
    }
    if (signal.kind === 'prometheus') {
      const { query, freshness, staleAfterSeconds = staleSeconds } = signal;
      const wanted = { api, metric, signal: { query, freshness }, target, atSeconds, staleAfterSeconds };
      return { samples: [await readSample(wanted, abort, calls)] };
    }
    const { query, stepSeconds, settleSeconds = settledAfterSeconds } = signal;
    const counted = await readArrivals(
      { api, query, stepSeconds, settleSeconds, target, atSeconds, since },
      abort,
      calls,
    );
    return { samples: counted.missing === undefined ? [] : [counted.missing], arrivals: counted.arrivals };
  };

  const scraped =
    (scraper: PodScraper): Read =>
    async (atSeconds, since, abort, calls) => {
      abort?.throwIfAborted();
      const { sample, arrivals } = scraper.read(atSeconds, since, calls);
      return { samples: [sample], arrivals };
    };

  const readerOf = (
    metric: OperatorMetric,
    target: Target,
    withPods: boolean,
    closers: (() => void)[],
  ): Read => {
    if (metric.kind === 'metrics-server') {
      const signals = [
        { metric: metric.metric, staleAfterSeconds: metric.staleAfterSeconds ?? metricsServerStaleSeconds },
      ];
      return (atSeconds, _, abort, calls) =>
        usage.read(signals, target, atSeconds, { withPods, abort, calls });
    }
    if (metric.kind === 'pods') {
      const { port, counter, path = '/metrics', labels = {}, stepSeconds = 2 } = metric;
      const { rateSeconds = 10, staleAfterSeconds = staleSeconds } = metric;
      const settings = { port, path, metric: counter, labels, stepSeconds, rateSeconds, staleAfterSeconds };
      const scraper = podScraper({ target, settings, podsOf, pages, clock });
      closers.push(scraper.close);
      return scraped(scraper);
    }
    const { labels } = metric;
    if (labels === undefined) return (...when) => templated(metric, target, ...when);
    if (metric.kind === 'prometheus') {
      const signal = { ...metric, labels, staleAfterSeconds: metric.staleAfterSeconds ?? staleSeconds };
      return async (atSeconds, _, abort, calls) => ({
        samples: [await queries.read(signal, target, atSeconds, abort, calls)],
      });
    }
    const { server, query, freshness, stepSeconds, settleSeconds = settledAfterSeconds } = metric;
    const signal = { server, query, labels, freshness, stepSeconds, settleSeconds };
    return async (atSeconds, since, abort, calls) => {
      const { arrivals, missing } = await counters.read(signal, target, atSeconds, since, abort, calls);
      return { samples: missing === undefined ? [] : [missing], arrivals };
    };
  };

  return {
    /** The source of one target, its metrics in this order; throws on metrics with faults. Pods are read one by one only where `withPods` asks for it. */
    open: (
      target: Target,
      metrics: readonly OperatorMetric[],
      { withPods = false }: { readonly withPods?: boolean } = {},
    ): OpenSource => {
      const faults = metricFaults(metrics);
      if (faults.length > 0)
        throw new PortError(
          'metrics',
          faults.map(({ path, value, problem, mend }) => `${path} ${value} ${problem}: ${mend}`).join('; '),
        );
      const closers: (() => void)[] = [];
      const readers = metrics.map((metric) => readerOf(metric, target, withPods, closers));
      const close = (): void => {
        for (const end of closers) end();
        open.delete(close);
      };
      open.add(close);
      return {
        name: 'operator',
        read: async (_, atSeconds, since, abort, calls) => {
          const parts = await Promise.all(readers.map((read) => read(atSeconds, since, abort, calls)));
          const samples = parts.flatMap((part) => part.samples);
          const late = samples.find(({ metric, state }) => metric === 'late' && state === 'ok');
          return {
            samples,
            arrivals: parts.find(({ arrivals }) => arrivals !== undefined)?.arrivals,
            pods: parts.find(({ pods }) => pods !== undefined)?.pods,
            lateRatio: late?.value,
          };
        },
        close,
      };
    },
    close: (): void => {
      for (const close of open) close();
      pages.close();
    },
  };
};

export type OperatorSources = ReturnType<typeof operatorSources>;
