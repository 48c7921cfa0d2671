import { describe, expect, it } from 'vitest';
import { metricFaults } from '#adapters/metrics/metric-faults';
import { type OperatorMetric, operatorSources } from '#adapters/metrics/operator-sources';
import { target } from '#test/make';
import { noKubernetes } from './no-kubernetes.ts';

const query = (promql: string, more: Partial<OperatorMetric> = {}): OperatorMetric =>
  ({ kind: 'prometheus', server: 'main', metric: 'requests', query: promql, ...more }) as OperatorMetric;
const pods = (more: Partial<OperatorMetric> = {}): OperatorMetric =>
  ({ kind: 'pods', port: 8080, counter: 'hits_total', ...more }) as OperatorMetric;
const labels = { namespace: 'namespace', name: 'deployment' };

describe('metrics that can be read', () => {
  it('have no faults', () => {
    expect(
      metricFaults([
        query('sum(a{d="{{name}}"})'),
        query('sum by (namespace, deployment) (a)', { labels }),
        { kind: 'prometheus-arrivals', server: 'main', query: 'a_total', labels, stepSeconds: 15 },
        { kind: 'metrics-server', metric: 'cpu' },
        pods({ stepSeconds: 1, path: '/stats?format=prometheus' }),
      ]),
    ).toEqual([]);
  });
});

describe('metrics with faults', () => {
  const faulty = [
    query('sum(a{d={{name}}})'),
    query('a', { freshness: 'b{n="{{nme}}"}' }),
    query('sum(a{d="{{name}}"})', { labels }),
    query('a', { labels: { name: 'x) (a' } }),
    query('a', { kind: 'prometheus-arrivals', stepSeconds: 0.5 } as Partial<OperatorMetric>),
    pods({ port: 70_000, path: 'http://elsewhere/', counter: 'hits{a="b"}', stepSeconds: 30 }),
  ];

  it('are told of all of them, with place, value and mend', () => {
    const faults = metricFaults(faulty);
    expect(faults.map(({ path }) => path)).toEqual([
      'metrics[0].query',
      'metrics[1].freshness',
      'metrics[2].query',
      'metrics[3].labels.name',
      'metrics[4].stepSeconds',
      'metrics[5].stepSeconds',
      'metrics[5].port',
      'metrics[5].path',
      'metrics[5].counter',
    ]);
    for (const { value, problem, mend } of faults) expect([value, problem, mend]).not.toContain('');
  });

  it('are not opened', () => {
    const sources = operatorSources({ ...noKubernetes, apis: () => undefined, maxAgeSeconds: 5 });
    expect(() => sources.open(target(), faulty)).toThrow(
      /^\[metrics\] metrics\[0\]\.query sum\(a\{d=\{\{name\}\}\}\) cannot be filled: .*; metrics\[1\]/,
    );
    sources.close();
  });
});
