import { type OperatorMetric, operatorSources } from '#adapters/metrics/operator-sources';
import { type PrometheusApi, prometheusApi } from '#adapters/metrics/prometheus-api';
import { checkedSettings, sharedPrometheusSchema } from '#adapters/metrics/prometheus-settings';
import { noKubernetes } from '#test/adapters/metrics/no-kubernetes';
import { type Pushed, push } from '#test/components/push';
import { startPrometheus } from '#test/components/start';
import { target } from '#test/make';
import { type Figure, quantile, report } from './figure.ts';

/** A thousand targets whose signals a real Prometheus has, each read every 15 s. */
const count = 1000;
const intervalSeconds = 15;
const scrapeSeconds = 5;
const rounds = 8;
const warmUp = 2;

const startsAt = Math.floor(Date.now() / 60_000) * 60 - 1800;
/** Answers are asked for in the middle between two scrapes. */
const firstAt = startsAt + 120 + scrapeSeconds / 2;
const measuredSeconds = 130 + (rounds + warmUp) * intervalSeconds;

const prometheus = await startPrometheus();
const series = (i: number): readonly Pushed[] => {
  const points = (value: (seconds: number) => number) =>
    Array.from({ length: measuredSeconds / scrapeSeconds + 1 }, (_, k) => ({
      atSeconds: startsAt + k * scrapeSeconds,
      value: value(k * scrapeSeconds),
    }));
  const labels = { namespace: `team-${i % 20}`, deployment: `web-${i}` };
  return [
    { name: 'http_requests', type: 'counter', labels, points: points((s) => s * i) },
    { name: 'cpu_ratio', type: 'gauge', labels, points: points(() => 0.5) },
    { name: 'memory_ratio', type: 'gauge', labels, points: points(() => 0.6) },
  ];
};
const everyone = Array.from({ length: count }, (_, i) => i);
for (let i = 0; i < count; i += 50) await push(prometheus.url, everyone.slice(i, i + 50).flatMap(series));

const metricsOf = (shared: boolean): readonly OperatorMetric[] => {
  const only = shared ? '' : '{namespace="{{namespace}}",deployment="{{name}}"}';
  const by = shared ? 'by (namespace, deployment)' : '';
  const common = {
    server: 'main',
    ...(shared && { labels: { namespace: 'namespace', name: 'deployment' } }),
  };
  const query = (metric: string, promql: string): OperatorMetric => ({
    ...common,
    kind: 'prometheus',
    metric,
    query: promql,
  });
  return [
    query('requests', `sum ${by} (rate(http_requests_total${only}[1m]))`),
    query('cpu', `avg ${by} (cpu_ratio${only})`),
    query('memory', `avg ${by} (memory_ratio${only})`),
    {
      ...common,
      kind: 'prometheus-arrivals',
      query: `sum ${by} (http_requests_total${only})`,
      stepSeconds: scrapeSeconds,
      settleSeconds: 0,
    },
  ];
};

const prometheusCpuSeconds = async (): Promise<number> => {
  const text = await (await fetch(`${prometheus.url}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)$/m.exec(text)![1]);
};

const measure = async (shared: boolean, measured: number): Promise<readonly Figure[]> => {
  const api = prometheusApi(checkedSettings(sharedPrometheusSchema, { url: prometheus.url }));
  let requests = 0;
  const counting: PrometheusApi = {
    query: (...asked) => {
      requests++;
      return api.query(...asked);
    },
    queryRange: (...asked) => {
      requests++;
      return api.queryRange(...asked);
    },
  };
  const sources = operatorSources({
    ...noKubernetes,
    apis: () => counting,
    maxAgeSeconds: intervalSeconds / 3,
  });
  const targets = everyone.map((i) => target(`web-${i}`, `team-${i % 20}`));
  const all = targets.map((one) => sources.open(one, metricsOf(shared)));
  const since: (number | undefined)[] = [];
  const ages: number[] = [];
  let good = 0;
  const round = async (k: number): Promise<void> => {
    for (const i of everyone) {
      const at = firstAt + intervalSeconds * (k + i / count);
      const { samples, arrivals } = await all[i]!.read(targets[i]!, at, since[i]);
      if (arrivals !== undefined) since[i] = arrivals.startsAt + arrivals.counts.length * scrapeSeconds;
      if (samples.length === 3 && samples.every(({ state }) => state === 'ok')) good++;
      ages.push(samples[0]!.ageSeconds);
    }
  };
  for (let k = 0; k < warmUp; k++) await round(k);
  [requests, good, ages.length] = [0, 0, 0];
  const [ours, theirs] = [process.cpuUsage(), await prometheusCpuSeconds()];
  for (let k = warmUp; k < warmUp + measured; k++) await round(k);
  const { user, system } = process.cpuUsage(ours);
  const spent = (await prometheusCpuSeconds()) - theirs;
  if (good !== measured * count)
    throw new Error(`[bench] ${measured * count - good} readings were not good: their times say nothing`);
  sources.close();
  const how = `${count} targets, ${shared ? 'shared queries' : 'a query each'}`;
  const aRound = `a round of ${intervalSeconds} s`;
  return [
    {
      what: `${how}: requests`,
      value: requests / measured,
      unit: '',
      note: `${aRound}, for three signals, their ages and arrivals`,
    },
    {
      what: `${how}: our CPU time`,
      value: (user + system) / 1000 / measured,
      unit: 'ms',
      ...(shared && { goal: '< 150' as const }),
      note: aRound,
    },
    { what: `${how}: that of Prometheus`, value: (1000 * spent) / measured, unit: 'ms', note: aRound },
    {
      what: `${how}: age of a signal, p99`,
      value: quantile(ages, 0.99),
      unit: 's',
      note: `scraped each ${scrapeSeconds} s`,
    },
  ];
};

try {
  report([...(await measure(true, rounds)), ...(await measure(false, 2))]);
} finally {
  await prometheus.stop();
}
