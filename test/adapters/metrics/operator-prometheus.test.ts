import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OperatorMetric, operatorSources } from '#adapters/metrics/operator-sources';
import { type PrometheusApi, prometheusApi } from '#adapters/metrics/prometheus-api';
import { checkedSettings, sharedPrometheusSchema } from '#adapters/metrics/prometheus-settings';
import type { Sample } from '#core/model';
import { needs } from '#test/components/needs';
import { type Pushed, push } from '#test/components/push';
import { startRelay } from '#test/components/relay';
import { type Prometheus, startPrometheus, startTimeoutMs } from '#test/components/start';
import { type MetricSourceMaker, metricSourceContract } from '#test/contracts/metric-source';
import { target } from '#test/make';
import { noKubernetes } from './no-kubernetes.ts';

// On a busy machine a server may take its time.
const apiAt = (url: string): PrometheusApi =>
  prometheusApi(checkedSettings(sharedPrometheusSchema, { url, timeoutSeconds: 60 }));

const by = { namespace: 'namespace', name: 'deployment' };
const grouped = 'by (namespace, deployment)';

needs('prometheus')('queries of a real Prometheus that workloads share', () => {
  let prometheus: Prometheus;
  const atEnd: (() => Promise<void>)[] = [];
  let worlds = 0;

  beforeAll(async () => {
    prometheus = await startPrometheus();
    atEnd.push(prometheus.stop);
  }, startTimeoutMs);
  afterAll(async () => {
    for (const stop of atEnd.reverse()) await stop();
  });

  const sourcesAt = (url: string, maxAgeSeconds: number) =>
    operatorSources({
      ...noKubernetes,
      apis: (server) => (server === 'main' ? apiAt(url) : undefined),
      maxAgeSeconds,
    });

  const labelsOf = (name: string) => ({ namespace: 'default', deployment: name });

  /** A load that was measured each second, some while ago. `shared`: by workload, or a query of its own. */
  const opened =
    (shared: boolean): MetricSourceMaker =>
    async (load) => {
      const name = `web-${worlds++}`;
      const startsAt = Math.floor(Date.now() / 60_000) * 60 - 1800;
      const relay = await startRelay(prometheus.url);
      let stopped = false;
      const stop = async () => {
        if (!stopped) await relay.stop();
        stopped = true;
      };
      atEnd.push(stop);
      const only = '{namespace="{{namespace}}",deployment="{{name}}"}';
      const [selector, group, how] = shared ? ['', grouped, { labels: by }] : [only, '', {}];
      const metrics: readonly OperatorMetric[] = [
        {
          ...how,
          kind: 'prometheus',
          server: 'main',
          metric: 'requests',
          query: `sum ${group} (rate(requests_total${selector}[1m]))`,
        },
        {
          ...how,
          kind: 'prometheus',
          server: 'main',
          metric: 'memory',
          query: `sum ${group} (memory_used${selector}) / sum ${group} (memory_limit${selector})`,
        },
        {
          ...how,
          kind: 'prometheus-arrivals',
          server: 'main',
          query: `sum ${group} (requests_total${selector})`,
          stepSeconds: 1,
          settleSeconds: 0,
        },
      ];
      let measured = -1;
      let silent = false;
      let total = 0;
      return {
        source: sourcesAt(relay.url, 1).open(target(name), metrics),
        target: target(name),
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
            labels: labelsOf(name),
            points: points.map(({ atSeconds }) => ({ atSeconds, value })),
          });
          await push(prometheus.url, [
            { name: 'requests', type: 'counter', labels: labelsOf(name), points },
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

  const kept = { longestAgeSeconds: 1, runs: 8, breaks: true };
  metricSourceContract('shared queries', { open: opened(true), ...kept });
  metricSourceContract('templates of an operator', { open: opened(false), ...kept });

  describe('many workloads', () => {
    const count = 50;
    const stepSeconds = 5;
    const past = Math.floor(Date.now() / 60_000) * 60 - 600;
    /** Each second i + 1 requests of workload i, measured each 5 s for 10 minutes. */
    const counters = (metric: string): readonly Pushed[] =>
      Array.from({ length: count }, (_, i) => ({
        name: metric,
        type: 'counter',
        labels: labelsOf(`many-${i}`),
        points: Array.from({ length: 121 }, (_, k) => ({
          atSeconds: past + k * stepSeconds,
          value: k * stepSeconds * (i + 1),
        })),
      }));
    const metrics = (metric: string): readonly OperatorMetric[] => [
      {
        kind: 'prometheus',
        server: 'main',
        metric: 'requests',
        query: `sum ${grouped} (rate(${metric}_total[1m]))`,
        labels: by,
      },
      {
        kind: 'prometheus-arrivals',
        server: 'main',
        query: `sum ${grouped} (${metric}_total)`,
        labels: by,
        stepSeconds,
        settleSeconds: 0,
      },
    ];

    it('cost one query and its age for each signal, and each finds its own', async () => {
      await push(prometheus.url, counters('many'));
      const relay = await startRelay(prometheus.url);
      atEnd.push(relay.stop);
      const sources = sourcesAt(relay.url, 5);
      const all = Array.from({ length: count }, (_, i) => sources.open(target(`many-${i}`), metrics('many')));
      const at = past + 300;
      const readings = await Promise.all(
        all.map((source, i) => source.read(target(`many-${i}`), at + i / count, at - 60)),
      );
      for (const [i, { samples, arrivals }] of readings.entries()) {
        expect(samples[0]!.state).toBe('ok');
        expect(samples[0]!.ageSeconds).toBeCloseTo(i / count, 6);
        expect(samples[0]!.value).toBeCloseTo(i + 1, 6);
        expect(arrivals).toMatchObject({ startsAt: at - 60, stepSeconds });
        expect(Array.from(arrivals!.counts)).toEqual(Array.from({ length: 12 }, () => (i + 1) * stepSeconds));
      }
      expect(relay.seen.length).toBe(4);
    });

    it('ask again after that age, and for no second of history twice', async () => {
      await push(prometheus.url, counters('again'));
      const relay = await startRelay(prometheus.url);
      atEnd.push(relay.stop);
      const sources = sourcesAt(relay.url, 5);
      const names = ['many-3', 'many-7', 'many-8'];
      const sinceOf = new Map<string, number>();
      const from = past + 300;
      for (let at = from; at <= from + 60; at += 3) {
        for (const name of names) {
          const source = sources.open(target(name), metrics('again'));
          const since = sinceOf.get(name) ?? from - 30;
          const { arrivals } = await source.read(target(name), at, since);
          if (arrivals === undefined) continue;
          expect(arrivals.startsAt).toBe(since);
          const each = (Number(name.split('-')[1]) + 1) * stepSeconds;
          expect(Array.from(arrivals.counts).every((n) => n === each)).toBe(true);
          sinceOf.set(name, arrivals.startsAt + arrivals.counts.length * stepSeconds);
        }
      }
      expect([...sinceOf.values()]).toEqual([from + 60, from + 60, from + 60]);
      const ranges = relay.seen
        .filter((text) => text.startsWith('/api/v1/query_range query=sum'))
        .map((text) => [Number(/start=(\d+)/.exec(text)![1]), Number(/end=(\d+)/.exec(text)![1])] as const);
      expect(ranges[0]![0]).toBe(from - 30);
      for (let i = 1; i < ranges.length; i++) expect(ranges[i]![0]).toBe(ranges[i - 1]![1]);
      // 60 s, asked each 6 s (5 s, at looks each 3 s): 11 times for all three.
      expect(ranges.length).toBe(11);
    });

    it('fetch what is older for who comes late and knows nothing', async () => {
      await push(prometheus.url, counters('late'));
      const sources = sourcesAt(prometheus.url, 5);
      const at = past + 600;
      const read = (name: string, since?: number) =>
        sources.open(target(name), metrics('late')).read(target(name), at, since);
      expect((await read('many-1', at - 10)).arrivals).toMatchObject({ startsAt: at - 10 });
      const { arrivals } = await read('many-2');
      expect(arrivals).toMatchObject({ startsAt: at - 900, stepSeconds });
      // The first 300 s before anything was measured are not known.
      const counts = Array.from(arrivals!.counts);
      expect(counts.slice(0, 60).every(Number.isNaN)).toBe(true);
      expect(counts.slice(60)).toEqual(Array.from({ length: 120 }, () => 15));
    });
  });

  describe('what the shared series can be besides one good number', () => {
    const past = Math.floor(Date.now() / 60_000) * 60 - 600;
    const gauge = (name: string, labels: Record<string, string>, value: number, age = 0): Pushed => ({
      name,
      type: 'gauge',
      labels,
      points: [{ atSeconds: past - age, value }],
    });
    const read = async (query: string, name: string, more: Partial<OperatorMetric> = {}): Promise<Sample> => {
      const metric = { kind: 'prometheus', server: 'main', metric: 'any', query, labels: by, ...more };
      const source = sourcesAt(prometheus.url, 5).open(target(name), [metric as OperatorMetric]);
      return (await source.read(target(name), past + 1, undefined)).samples[0]!;
    };

    beforeAll(() =>
      push(prometheus.url, [
        gauge('odd', { ...labelsOf('one'), pod: 'a' }, 4),
        gauge('odd', { ...labelsOf('two'), pod: 'b' }, 5),
        gauge('odd', { ...labelsOf('two'), pod: 'c' }, 6),
        gauge('odd', { ...labelsOf('old'), pod: 'd' }, 7, 40),
        gauge('divisor', labelsOf('one'), 0),
        gauge('divisor', labelsOf('old'), 2),
        gauge('by_pod', { namespace: 'default', pod: 'one-1' }, 8),
        gauge('in_cluster', {}, 16, 30),
      ]),
    );

    it.each<[string, string, string, string, RegExp]>([
      ['not its own', 'odd', 'three', 'empty', /no series has \{deployment="three",namespace="default"\}/],
      ['two', 'odd', 'two', 'error', /gives 2 series for this target, \{.*pod="b"\} and \{.*pod="c"\}/],
      ['without labels', 'sum(odd)', 'one', 'error', /no series has the labels namespace and deployment/],
      ['infinite', `sum ${grouped} (odd) / sum ${grouped} (divisor)`, 'one', 'error', /value is \+Inf/],
      ['a range', 'odd[1m]', 'one', 'error', /gives a matrix/],
      ['a fault', 'sum(odd', 'one', 'error', /HTTP 400 bad_data/],
      [
        'of unknown age',
        'label_replace(by_pod, "deployment", "$1", "pod", "(.*)-1")',
        'one',
        'error',
        /age is unknown: .* have no labels namespace and deployment: give freshness/,
      ],
    ])('says so: %s', async (_, query, name, state, detail) => {
      expect(await read(query, name)).toMatchObject({
        state,
        value: undefined,
        detail: expect.stringMatching(detail),
      });
    });

    it('is good for one target while it is not for another', async () => {
      expect(await read('odd', 'one')).toMatchObject({ state: 'ok', value: 4, ageSeconds: 1 });
    });

    it('has for each target the age of its own series, and of the one that lags most', async () => {
      expect(await read('odd', 'old')).toMatchObject({ state: 'stale', value: 7, ageSeconds: 41 });
      const ratio = `sum ${grouped} (odd) / sum ${grouped} (divisor)`;
      expect(await read(ratio, 'old')).toMatchObject({ state: 'stale', value: 3.5, ageSeconds: 41 });
    });

    it('is as old as a series of the whole cluster that goes into it', async () => {
      const share = `sum ${grouped} (odd) / scalar(sum(in_cluster))`;
      expect(await read(share, 'one')).toMatchObject({ state: 'stale', value: 0.25, ageSeconds: 31 });
    });

    it('takes a freshness of its own', async () => {
      const query = 'label_replace(by_pod, "deployment", "$1", "pod", "(.*)-1")';
      const freshness = 'label_replace(timestamp(by_pod), "deployment", "$1", "pod", "(.*)-1")';
      expect(await read(query, 'one', { freshness })).toMatchObject({ state: 'ok', value: 8, ageSeconds: 1 });
    });

    it('is told apart by one label alone where the other is not there', async () => {
      const labels = { name: 'deployment' };
      expect(await read('sum by (deployment) (odd)', 'two', { labels })).toMatchObject({ value: 11 });
      expect(await read('sum(odd)', 'any', { labels: {} })).toMatchObject({ state: 'ok', value: 22 });
    });

    it('names a server that is not among the settings', async () => {
      expect(await read('odd', 'one', { server: 'mian' })).toMatchObject({
        state: 'error',
        detail: expect.stringMatching(/no Prometheus is called "mian"/),
      });
    });
  });
});
