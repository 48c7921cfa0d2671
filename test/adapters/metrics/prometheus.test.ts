import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prometheusSource } from '#adapters/metrics/prometheus';
import { selectorsOf } from '#adapters/metrics/promql';
import type { Sample } from '#core/model';
import { type Exporter, startExporter } from '#test/components/exporter';
import { needs } from '#test/components/needs';
import { type Pushed, push } from '#test/components/push';
import { startRelay } from '#test/components/relay';
import { type Prometheus, startPrometheus, startTimeoutMs } from '#test/components/start';
import { type MetricSourceMaker, metricSourceContract } from '#test/contracts/metric-source';

// On a busy machine a server may take its time.
const timeoutSeconds = 60;

const labels = (name: string) => ({ namespace: 'default', deployment: name });
const selector = '{namespace="{{namespace}}",deployment="{{name}}"}';

const queries = {
  requests: `sum(rate(requests_total${selector}[1m]))`,
  cpu: `avg(cpu_ratio${selector})`,
  memory: `sum(memory_used${selector}) / sum(memory_limit${selector})`,
};

const hardQueries = [
  'a',
  'a{b="c"}',
  '{__name__="a", b=~"c}.*"}',
  'sum by (pod, a) (rate(b{c="by (x)"}[5m]))',
  'sum(rate(b[5m])) by (pod)',
  'sum(rate(http_requests_total{job="a"}[1m] offset 5m)) / on (pod) group_left (node) sum(b) without (x)',
  'a and b or c unless d',
  'a offset -1m30s + b @ 1700000000',
  'rate(a[5m] @ end()) # a comment with metric_name',
  "max_over_time(sum(rate(a{b='x\"y'}[1m]))[10m:30s])",
  'histogram_quantile(0.95, sum by (le) (rate(lat_bucket[5m]))) > bool 0.5',
  'label_replace(a, "x", "$1", "y", "(.*)") or vector(0)',
  'topk(3, job:rate:5m) * 1e-5 + Inf - NaN',
  'count_values("v", a) + scalar(b) ^ 2 % 3',
  'quantile(0.9, a == 1) atan2 b',
  'time() - max(timestamp(a{b="c"}))',
];

type Node = {
  readonly type?: string;
  readonly offset?: number;
  readonly matchers?: readonly { readonly name: string; readonly type: string; readonly value: string }[];
};

/** The different selectors in the syntax tree that Prometheus makes of a query. */
const parsedSelectors = async (url: string, query: string): Promise<string[]> => {
  const response = await fetch(`${url}/api/v1/parse_query`, {
    method: 'POST',
    body: new URLSearchParams({ query }),
  });
  const found = new Set<string>();
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, offset, matchers } = node as Node;
    if (type === 'vectorSelector' || type === 'matrixSelector')
      found.add(`${matchers!.map((m) => m.name + m.type + m.value).sort()} offset ${offset}`);
    for (const child of Object.values(node)) walk(child);
  };
  walk(((await response.json()) as { data: unknown }).data);
  return [...found];
};

needs('prometheus')('the Prometheus source on a real Prometheus', () => {
  let prometheus: Prometheus;
  let exporter: Exporter;
  const atEnd: (() => Promise<void>)[] = [];
  let worlds = 0;

  beforeAll(async () => {
    exporter = await startExporter();
    atEnd.push(exporter.stop);
    prometheus = await startPrometheus({ scrape: [{ job: 'sample', port: exporter.port }] });
    atEnd.push(prometheus.stop);
  }, startTimeoutMs);
  afterAll(async () => {
    for (const stop of atEnd.reverse()) await stop();
  });

  /** A load that was measured each second, some while ago. */
  const open: MetricSourceMaker = async (load) => {
    const name = `web-${worlds++}`;
    const target = { namespace: 'default', kind: 'Deployment', name };
    const startsAt = Math.floor(Date.now() / 60_000) * 60 - 1800;
    const relay = await startRelay(prometheus.url);
    let stopped = false;
    const stop = async () => {
      if (!stopped) await relay.stop();
      stopped = true;
    };
    atEnd.push(stop);
    let measured = -1;
    let silent = false;
    let total = 0;
    const source = prometheusSource({
      url: relay.url,
      timeoutSeconds,
      queries,
      arrivals: { query: `sum(requests_total${selector})`, stepSeconds: 1, settleSeconds: 0 },
    });
    return {
      source,
      target,
      startsAt,
      advance: async (toSeconds) => {
        if (silent) return;
        const points: { atSeconds: number; value: number }[] = [];
        while (measured < toSeconds) {
          if (measured >= 0) total += load[measured]!;
          measured++;
          points.push({ atSeconds: startsAt + measured, value: total });
        }
        if (points.length === 0) return;
        const gauge = (metric: string, value: number): Pushed => ({
          name: metric,
          type: 'gauge',
          labels: labels(name),
          points: points.map(({ atSeconds }) => ({ atSeconds, value })),
        });
        await push(prometheus.url, [
          { name: 'requests', type: 'counter', labels: labels(name), points },
          gauge('cpu_ratio', 0.5),
          gauge('memory_used', 3e8),
          gauge('memory_limit', 1e9),
        ]);
      },
      breakIt: async (how) => {
        if (how === 'unreachable') await stop();
        else silent = true;
      },
    };
  };

  metricSourceContract('prometheus', { open, longestAgeSeconds: 1, runs: 8, breaks: true });

  const read = async (query: string, atSeconds = Date.now() / 1000): Promise<Sample> => {
    const source = prometheusSource({ url: prometheus.url, timeoutSeconds, queries: { any: query } });
    const target = { namespace: 'default', kind: 'Deployment', name: 'web' };
    return (await source.read(target, atSeconds, undefined)).samples[0]!;
  };

  describe('what is scraped', () => {
    it('arrives as a good sample of some scrapes ago', async () => {
      exporter.set('queue_length', labels('web'), 7);
      // A scrape that fails, as on a busy machine, makes it empty again until the next.
      await expect
        .poll(() => read(`queue_length${selector}`))
        .toMatchObject({ value: 7, state: 'ok', source: 'prometheus' });
    });

    it('is empty again once the exporter no longer has it', async () => {
      exporter.set('short_lived', {}, 1);
      await expect.poll(async () => (await read('short_lived')).state).toBe('ok');
      exporter.remove('short_lived', {});
      await expect.poll(async () => (await read('short_lived')).state).toBe('empty');
    });

    it('is as old as the time that the exporter gave it', async () => {
      const sampledAt = Math.floor(Date.now() / 1000) - 120;
      exporter.set('cadvisor_like', {}, 0.4, sampledAt);
      await expect.poll(async () => (await read('cadvisor_like')).value).toBe(0.4);
      const sample = await read('cadvisor_like', sampledAt + 125);
      expect(sample).toMatchObject({ state: 'stale', ageSeconds: 125 });
    });
  });

  describe('what a query can give besides one number', () => {
    const past = Math.floor(Date.now() / 1000) - 600;
    const one = (name: string, value: number, more = {}): Pushed => ({
      name,
      type: 'gauge',
      labels: more,
      points: [{ atSeconds: past, value }],
    });

    it.each([
      ['several series', 'up_count', 'error', /gives 2 series .* aggregate .* sum\(\)/],
      ['not a number', 'sum(up_count) - sum(up_count) / 0 * 0', 'error', /value is NaN/],
      ['infinite', 'sum(up_count) / 0', 'error', /value is \+Inf/],
      ['a range', 'up_count[1m]', 'error', /gives a matrix/],
      ['a fault', 'sum(up_count', 'error', /HTTP 400 bad_data/],
      ['a string', '"text"', 'error', /gives a string/],
      ['nothing', 'absent_metric', 'empty', /no series/],
    ])('says so: %s', async (_, query, state, detail) => {
      await push(prometheus.url, [one('up_count', 1, { pod: 'a' }), one('up_count', 2, { pod: 'b' })]);
      const sample = await read(query, past + 1);
      expect(sample).toMatchObject({ state, value: undefined, detail: expect.stringMatching(detail) });
    });

    it('takes a scalar for a number that is always new', async () => {
      expect(await read('scalar(vector(3))')).toMatchObject({ state: 'ok', value: 3, ageSeconds: 0 });
    });

    it('can be given a zero where nothing is divided by nothing', async () => {
      await push(prometheus.url, [one('idle_late', 0), one('idle_all', 0)]);
      expect(await read('idle_late / idle_all', past + 1)).toMatchObject({ state: 'error' });
      const mended = await read('idle_late / (idle_all > 0) or vector(0)', past + 1);
      expect(mended).toMatchObject({ state: 'ok', value: 0, ageSeconds: 1 });
    });

    it('is as old as the signal that lags most', async () => {
      await push(prometheus.url, [
        { ...one('used_bytes', 1), points: [{ atSeconds: past, value: 1 }] },
        { ...one('limit_bytes', 4), points: [{ atSeconds: past + 50, value: 4 }] },
      ]);
      const sample = await read('sum(used_bytes) / sum(limit_bytes)', past + 60);
      expect(sample).toMatchObject({ state: 'stale', value: 0.25, ageSeconds: 60 });
    });

    it('is not made new by a rate that hides silence', async () => {
      const points = [0, 10, 20].map((s) => ({ atSeconds: past + s, value: 10 * s }));
      await push(prometheus.url, [{ name: 'hits', type: 'counter', labels: {}, points }]);
      const sample = await read('sum(rate(hits_total[5m]))', past + 200);
      expect(sample).toMatchObject({ state: 'stale', ageSeconds: 180 });
    });

    it('is stale when a value comes from beyond the look-back', async () => {
      const points = [0, 10, 20].map((s) => ({ atSeconds: past + s, value: 10 * s }));
      await push(prometheus.url, [{ name: 'old_hits', type: 'counter', labels: {}, points }]);
      const sample = await read('sum(rate(old_hits_total[10m]))', past + 400);
      expect(sample).toMatchObject({ state: 'stale', ageSeconds: 300 });
    });
  });

  it.each(hardQueries)('finds the selectors that Prometheus itself finds: %s', async (query) => {
    const ours = await Promise.all(
      selectorsOf(query).map((selector) => parsedSelectors(prometheus.url, selector)),
    );
    expect(ours.flat().sort()).toEqual((await parsedSelectors(prometheus.url, query)).sort());
  });
});
