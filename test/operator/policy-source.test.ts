import { expect, it } from 'vitest';
import type { OperatorMetric, OperatorSources } from '#adapters/metrics/operator-sources';
import { configSchema } from '#config/schema';
import { planOf } from '#kubernetes/policy-plan';
import type { PolicyMetric } from '#kubernetes/scaling-policy';
import { policySource } from '#operator/policy-source';
import type { Reading } from '#ports';
import { given, requests, scalingPolicy } from '#test/kubernetes/a-policy';
import { startAt } from '#test/make';

const { servers } = configSchema.parse({
  kubernetes: { servers: { default: { url: 'http://127.0.0.1:9', scrapeSeconds: 15 } } },
}).kubernetes!;

const counter: PolicyMetric = {
  name: 'requests',
  type: 'Prometheus',
  prometheus: {
    server: 'default',
    query: 'sum by (namespace, deployment) (http_requests_total)',
    labels: { namespace: 'namespace', name: 'deployment' },
    counter: true,
  },
};

/** The source of a policy with these metrics, over one that gives the readings in turn. */
const sourceOf = (metrics: readonly PolicyMetric[], readings: readonly Reading[] = []) => {
  const asked: OperatorMetric[] = [];
  const left = [...readings];
  const sources: OperatorSources = {
    open: (_, wanted) => {
      asked.push(...wanted);
      return { name: 'operator', read: async () => left.shift() ?? { samples: [] }, close: () => {} };
    },
    close: () => {},
  };
  const { plan } = planOf(scalingPolicy({ metrics }), given());
  const source = policySource(plan!, sources, servers);
  const { target } = plan!;
  return { asked, read: (atSeconds: number) => source.read(target, atSeconds, undefined) };
};

const step = (startsAt: number, count: number): Reading => ({
  samples: [],
  arrivals: { startsAt, stepSeconds: 15, counts: [count] },
});

it('asks for what the policy names, and trusts it for twice the scrape interval', () => {
  const { asked } = sourceOf([
    requests,
    { name: 'cpu', type: 'MetricsServer' },
    { name: 'requests', type: 'Pods', pods: { port: 8080, path: '/metrics', metric: 'http_requests_total' } },
  ]);
  expect(asked).toMatchObject([
    { kind: 'prometheus', metric: 'requests', server: 'default', staleAfterSeconds: 30 },
    { kind: 'metrics-server', metric: 'cpu' },
    { kind: 'pods', port: 8080, counter: 'http_requests_total' },
  ]);
});

it('a counter gives the rate of its newest step where nobody else gives one', async () => {
  const { asked, read } = sourceOf([counter], [step(startAt - 30, 1500)]);
  expect(asked).toMatchObject([{ kind: 'prometheus-arrivals', stepSeconds: 15 }]);
  const { samples } = await read(startAt);
  // 1500 requests in 15 s, that ended 15 s ago
  expect(samples).toMatchObject([{ metric: 'requests', value: 100, ageSeconds: 15, state: 'ok' }]);
});

it('the rate grows old while the counter tells nothing new, and is not trusted for ever', async () => {
  const { read } = sourceOf([counter], [step(startAt - 15, 1500), { samples: [] }, { samples: [] }]);
  await read(startAt);
  expect((await read(startAt + 15)).samples[0]).toMatchObject({ ageSeconds: 15, state: 'ok' });
  expect((await read(startAt + 60)).samples[0]).toMatchObject({ ageSeconds: 60, state: 'stale' });
});

it('a step that was not counted is no rate of zero', async () => {
  const { read } = sourceOf([counter], [step(startAt - 15, Number.NaN)]);
  expect((await read(startAt)).samples).toEqual([]);
});
