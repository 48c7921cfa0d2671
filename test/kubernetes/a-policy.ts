import type { PolicyFacts } from '#kubernetes/policy-facts';
import type { Given } from '#kubernetes/policy-plan';
import type { PolicyMetric, PolicySpec, ScalingPolicy } from '#kubernetes/scaling-policy';
import { policies, policyFaults } from '#policies/registry';

/** Builders: right as they stand. */

export const requests: PolicyMetric = {
  name: 'requests',
  type: 'Prometheus',
  prometheus: {
    server: 'default',
    query: 'sum(rate(http_requests_total{namespace="{{namespace}}",app="{{name}}"}[1m]))',
    counter: false,
  },
};

/** As the API server hands out the ten lines. */
export const policySpec = (overrides: Partial<PolicySpec> = {}): PolicySpec => ({
  targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
  mode: 'Shadow',
  minReplicas: 1,
  maxReplicas: 20,
  intervalSeconds: 15,
  workload: { requestsPerSecondPerReplica: 50, startUpSeconds: 45, sloSeconds: 0.25 },
  prices: { lateRequest: 0.0001, switch: 0.003 },
  metrics: [],
  schedules: [],
  forecast: { enabled: true },
  learning: { policy: 'shadow-q', enabled: true, settings: {} },
  guards: { rollout: 'Hold', unschedulable: 'Hold' },
  onMetricLoss: { action: 'HpaRule' },
  manualHoldSeconds: 600,
  approval: { timeoutSeconds: 900 },
  canary: { ratio: 0.2, widenEverySeconds: 3600 },
  promotion: 'Manual',
  actuator: 'scale',
  ...overrides,
});

export const scalingPolicy = (overrides: Partial<PolicySpec> = {}, generation = 1): ScalingPolicy => ({
  apiVersion: 'nimbusguard.io/v1alpha1',
  kind: 'ScalingPolicy',
  metadata: { name: 'web', namespace: 'default', uid: 'a-uid', generation },
  spec: policySpec(overrides),
});

export const given = (overrides: Partial<Given> = {}): Given => ({
  presetMetrics: [requests],
  servers: { default: { metricAgeSeconds: 15 }, fast: { metricAgeSeconds: 5 } },
  policyFaults: (name, settings, spec) => {
    const fault = policies[name]?.specFault?.(spec);
    return [...policyFaults(name, settings), ...(fault === undefined ? [] : [fault])];
  },
  scheduleFaults: () => [],
  ...overrides,
});

/** A policy in Auto whose target was found, and that has decided nothing yet. */
export const facts = (overrides: Partial<PolicyFacts> = {}): PolicyFacts => ({
  generation: 1,
  faults: [],
  targetKey: 'default/Deployment/web',
  target: { state: 'found' },
  mode: 'Auto',
  wanted: 'Auto',
  learns: true,
  pauses: [],
  owner: 'nimbusguard-0',
  ...overrides,
});
