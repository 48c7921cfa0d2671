import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configCheck } from '#cli/config-check';
import { ConfigError, readConfig } from '#config';

const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-config-'));

const faultsIn = (kubernetes: object): readonly string[] => {
  const file = join(folder, 'nimbusguard.json');
  writeFileSync(file, JSON.stringify({ kubernetes }));
  try {
    readConfig({ file, variables: {}, check: configCheck });
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
};

const servers = { default: { url: 'http://prometheus:9090' } };
const prometheus = (query: string, more: object = {}) => ({
  name: 'requests',
  type: 'Prometheus',
  prometheus: { query, ...more },
});
const pods = (more: object) => ({
  name: 'requests',
  type: 'Pods',
  pods: { port: 8080, metric: 'http_requests_total', ...more },
});

test('metrics of all sources make a sound configuration', () => {
  const metrics = [
    prometheus('sum(rate(http_requests_total{app="{{name}}"}[1m]))'),
    { name: 'cpu', type: 'MetricsServer' },
    { ...pods({}), name: 'orders' },
  ];
  expect(faultsIn({ servers, metrics })).toEqual([]);
});

const table: readonly (readonly [object, string])[] = [
  [
    prometheus('up', { server: 'thanos' }),
    'kubernetes.metrics[0].prometheus.server: "thanos" is none of kubernetes.servers; add it there, or give one of default',
  ],
  [
    prometheus('up{app="{{app}}"}'),
    'kubernetes.metrics[0].prometheus.query: "up{app="{{app}}"}" cannot be filled',
  ],
  [
    prometheus('up{app="{{name}}"}', { labels: { name: 'app' } }),
    'kubernetes.metrics[0].prometheus.query: "up{app="{{name}}"}" has a placeholder, though labels share it among all targets',
  ],
  [
    prometheus('up', { labels: { name: 'a-b' } }),
    'kubernetes.metrics[0].prometheus.labels.name: "a-b" is no name of a label',
  ],
  [
    { ...prometheus('up', { counter: true }), name: 'late' },
    'kubernetes.metrics[0].prometheus.counter: true can be of requests alone; give a rate, or call it requests',
  ],
  [
    { name: 'disk', type: 'MetricsServer' },
    'kubernetes.metrics[0].name: "disk" is nothing that metrics-server knows; give one of cpu, memory',
  ],
  [
    { ...prometheus('up'), name: 'Requests' },
    'kubernetes.metrics[0].name: "Requests" is no name of a metric; give letters, digits and _, a small letter first',
  ],
  [pods({ path: 'metrics' }), 'kubernetes.metrics[0].pods.path: "metrics" is no path; begin with /'],
  [pods({ metric: 'a-b' }), 'kubernetes.metrics[0].pods.metric: "a-b" is no name of a metric'],
];
test.each(table)('the preset %j is at fault', (metric, fault) => {
  const faults = faultsIn({ servers, metrics: [metric] });
  expect(faults).toHaveLength(1);
  expect(faults[0]!.replaceAll('\\"', '"')).toContain(fault);
});

test('all faults of the block are told at once', () => {
  const metrics = [
    prometheus('up', { server: 'thanos' }),
    prometheus('up'),
    { name: 'disk', type: 'MetricsServer' },
  ];
  const leases = { durationSeconds: 6, renewSeconds: 4 };
  expect(faultsIn({ leases, metrics }).map((fault) => fault.split(':')[0])).toEqual([
    'kubernetes.leases.renewSeconds',
    'kubernetes.metrics[0].prometheus.server',
    'kubernetes.metrics[1].name',
    'kubernetes.metrics[1].prometheus.server',
    'kubernetes.metrics[2].name',
  ]);
});
