import { metricFaults } from '#adapters/metrics/metric-faults';
import type { OperatorMetric } from '#adapters/metrics/operator-sources';
import type { Check, KubernetesConfig } from '#config';

type Preset = KubernetesConfig['metrics'][number];
type Faults = ReturnType<Check>;

const metricName = /^[a-z][A-Za-z0-9_]*$/;
const known = ['cpu', 'memory'];

const asRead = (preset: Preset): OperatorMetric => {
  if (preset.type === 'Prometheus') return { ...preset.prometheus, kind: 'prometheus', metric: preset.name };
  if (preset.type === 'Pods') return { ...preset.pods, kind: 'pods', counter: preset.pods.metric };
  return { kind: 'metrics-server', metric: 'cpu' };
};

/** The names of a policy's fields, which differ from those of what is read. */
const placeOf = (preset: Preset, path: string): string => {
  const field = path.replace('counter', 'metric');
  return `${preset.type === 'Pods' ? 'pods' : 'prometheus'}${field}`;
};

const faultsOfOne = (preset: Preset, at: string, { servers, metrics }: KubernetesConfig): Faults => {
  const { name, type } = preset;
  const value = JSON.stringify(name);
  const faults = metricFaults([asRead(preset)], '').map(({ path, value: found, ...fault }) => ({
    ...fault,
    path: `${at}.${placeOf(preset, path.slice('[0]'.length))}`,
    value: JSON.stringify(found),
  }));
  const wrong = (path: string, found: string, problem: string, mend: string): void => {
    faults.push({ path: `${at}.${path}`, value: found, problem, mend });
  };
  if (!metricName.test(name))
    wrong('name', value, 'is no name of a metric', 'give letters, digits and _, a small letter first');
  if (metrics.find((one) => one.name === name) !== preset)
    wrong('name', value, 'is named twice', 'name each metric once');
  if (type === 'MetricsServer' && !known.includes(name))
    wrong('name', value, 'is nothing that metrics-server knows', `give one of ${known.join(', ')}`);
  if (type !== 'Prometheus') return faults;
  const { server, counter } = preset.prometheus;
  if (counter && name !== 'requests')
    wrong('prometheus.counter', 'true', 'can be of requests alone', 'give a rate, or call it requests');
  if (!Object.hasOwn(servers, server)) {
    const names = Object.keys(servers).toSorted();
    const others = names.length === 0 ? '' : `, or give one of ${names.join(', ')}`;
    wrong(
      'prometheus.server',
      JSON.stringify(server),
      'is none of kubernetes.servers',
      `add it there${others}`,
    );
  }
  return faults;
};

/** Faults of the metrics on which policies are decided that name none: what the API server sees in a ScalingPolicy. */
export const presetMetricFaults: Check = ({ kubernetes }) =>
  kubernetes?.metrics.flatMap((preset, i) => faultsOfOne(preset, `kubernetes.metrics[${i}]`, kubernetes)) ??
  [];
