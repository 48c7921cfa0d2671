import { type MetricSource, PortError } from '#ports';
import { prometheusSource } from './prometheus.ts';
import type { PrometheusSourceSettings } from './prometheus-settings.ts';

export type MetricSourceSettings = { readonly kind: 'prometheus' } & PrometheusSourceSettings;

export const metricSourceKinds = ['prometheus'] as const;

export const openMetricSource = ({ kind, ...settings }: MetricSourceSettings): MetricSource => {
  if (kind === 'prometheus') return prometheusSource(settings);
  throw new PortError(
    'metrics',
    `unknown metric source "${kind}": choose one of ${metricSourceKinds.join(', ')}`,
  );
};
