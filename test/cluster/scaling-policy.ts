import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Api } from './api.ts';
import { podPort } from './load/pod-pages.ts';
import { until } from './until.ts';

const definition = join(import.meta.dirname, '..', '..', 'manifests', 'crd', 'scalingpolicies.yaml');
export const scalingPolicies = '/apis/nimbusguard.io/v1alpha1/namespaces/default/scalingpolicies';

/** Makes the API server know the resource. */
export const installScalingPolicies = async (api: Api): Promise<void> => {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const answer = await api.ask('POST', path, await readFile(definition), 'application/yaml');
  if (answer.status >= 300)
    throw new Error(`[api] ${definition}: ${answer.status} ${JSON.stringify(answer.body)}`);
  await until('the resource scalingpolicies', 60, () => api.get(scalingPolicies));
};

export type PolicyGiven = {
  readonly target: string;
  readonly mode: 'Shadow' | 'Auto';
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly intervalSeconds: number;
  readonly capacityPerReplica: number;
  readonly startUpSeconds: number;
  readonly sloSeconds: number;
  /** Absent: as the resource has it by default. */
  readonly learning?: boolean;
  /** As `fromPrometheus`, `fromPods` and `cpuFromMetricsServer` give them. */
  readonly metrics: readonly object[];
};

/** PromQL that gives a series a workload, with the labels `namespace` and `deployment`. */
export const fromPrometheus = (name: string, query: string, more: { counter?: true } = {}): object => ({
  name,
  type: 'Prometheus',
  prometheus: { query, labels: { namespace: 'namespace', name: 'deployment' }, ...more },
});

/** A counter that each pod shows itself. */
export const fromPods = (name: string, metric: string): object => ({
  name,
  type: 'Pods',
  pods: { port: podPort, metric },
});

export const cpuFromMetricsServer: object = { name: 'cpu', type: 'MetricsServer' };

/** A ScalingPolicy on a Deployment. */
export const scalingPolicy = (given: PolicyGiven): object => ({
  apiVersion: 'nimbusguard.io/v1alpha1',
  kind: 'ScalingPolicy',
  metadata: { name: given.target },
  spec: {
    targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: given.target },
    mode: given.mode,
    minReplicas: given.minReplicas,
    maxReplicas: given.maxReplicas,
    intervalSeconds: given.intervalSeconds,
    workload: {
      requestsPerSecondPerReplica: given.capacityPerReplica,
      startUpSeconds: given.startUpSeconds,
      sloSeconds: given.sloSeconds,
    },
    metrics: given.metrics,
    ...(given.learning !== undefined && { learning: { enabled: given.learning } }),
  },
});
