import type { Calls } from '#core/calls';
import type { Sample, Target } from '#core/model';
import { type Clock, PortError, type Scaler } from '#ports';
import { beneath } from '../metrics/noting.ts';
import { templateFaults } from '../metrics/prometheus.ts';
import { prometheusApi } from '../metrics/prometheus-api.ts';
import { readSample } from '../metrics/prometheus-sample.ts';
import {
  checkedSettings,
  type PrometheusScalerSettings,
  prometheusScalerSchema,
  type SignalQuery,
} from '../metrics/prometheus-settings.ts';

type Queries = {
  readonly desired: SignalQuery;
  readonly ready: SignalQuery;
  readonly rollout?: SignalQuery | undefined;
};

/** kube-state-metrics' names; max(), since two of it may run. A rollout lasts until every replica is of the new template. */
const kubeStateMetrics: Readonly<Record<string, Queries>> = {
  Deployment: {
    desired: 'max(kube_deployment_spec_replicas{namespace="{{namespace}}",deployment="{{name}}"})',
    ready: 'max(kube_deployment_status_replicas_ready{namespace="{{namespace}}",deployment="{{name}}"})',
    rollout:
      'max(kube_deployment_status_replicas{namespace="{{namespace}}",deployment="{{name}}"}) > bool max(kube_deployment_status_replicas_updated{namespace="{{namespace}}",deployment="{{name}}"})',
  },
  StatefulSet: {
    desired: 'max(kube_statefulset_replicas{namespace="{{namespace}}",statefulset="{{name}}"})',
    ready: 'max(kube_statefulset_status_replicas_ready{namespace="{{namespace}}",statefulset="{{name}}"})',
    rollout:
      'max(kube_statefulset_status_replicas{namespace="{{namespace}}",statefulset="{{name}}"}) > bool max(kube_statefulset_status_replicas_updated{namespace="{{namespace}}",statefulset="{{name}}"})',
  },
};

/** Sees sizes in Prometheus and changes nothing: for Shadow mode beside a cluster that it has no access to. */
export const prometheusScaler = (given: PrometheusScalerSettings, clock: Pick<Clock, 'now'>): Scaler => {
  const { queries, staleAfterSeconds, ...connection } = checkedSettings(prometheusScalerSchema, given);
  const faults = templateFaults(queries ?? {});
  if (faults.length > 0) throw new PortError('prometheus', faults.join('; '));
  const api = prometheusApi(connection);

  const queriesFor = (target: Target): Queries => {
    const known = queries ?? kubeStateMetrics[target.kind];
    if (known !== undefined) return known;
    const kinds = Object.keys(kubeStateMetrics).join(' or ');
    throw new PortError(
      'prometheus',
      `cannot tell the replicas of a ${target.kind}: name queries.desired and queries.ready, or take a ${kinds}`,
    );
  };

  const whole = ({ metric, state, value, detail }: Sample, target: Target): number => {
    const problem =
      state !== 'ok'
        ? `${state}: ${detail}`
        : !Number.isInteger(value) || value! < 0
          ? `${value} is not a number of replicas`
          : undefined;
    if (problem === undefined) return value!;
    throw new PortError(
      'prometheus',
      `no ${metric} replicas of ${target.namespace}/${target.name}: ${problem}`,
    );
  };

  return {
    name: 'prometheus',
    replicas: async (target, abort, calls?: Calls) => {
      const signals = queriesFor(target);
      const atSeconds = clock.now();
      const read = (metric: string, signal: SignalQuery) =>
        readSample(
          { api, metric, signal, target, atSeconds, staleAfterSeconds },
          abort,
          beneath(calls, 'replicas'),
        );
      const [desired, ready, rollout] = await Promise.all([
        read('desired', signals.desired),
        read('ready', signals.ready),
        signals.rollout === undefined ? undefined : read('rollout', signals.rollout),
      ]);
      const counts = { desired: whole(desired, target), ready: whole(ready, target) };
      return {
        ...counts,
        starting: Math.max(0, counts.desired - counts.ready),
        lastScaledAt: undefined,
        // Not knowing is treated as a rollout: then nothing is lowered.
        rollout: rollout !== undefined && (rollout.state !== 'ok' || rollout.value !== 0),
      };
    },
    scale: (target, from, to) =>
      Promise.reject(
        new PortError(
          'prometheus',
          `cannot scale ${target.namespace}/${target.name} from ${from} to ${to}: Prometheus is read only, so this target can run in Shadow mode only`,
        ),
      ),
  };
};
