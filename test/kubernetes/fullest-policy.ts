import type { PolicyMetric, PolicySpec, PolicyStatus } from '#kubernetes/scaling-policy';
import { conditionTypes } from '#kubernetes/scaling-policy';

/** Every key is there, however deep: a field that is added to a type and not here does not compile. */
type Whole<T> = T extends readonly (infer E)[]
  ? readonly Whole<E>[]
  : T extends object
    ? { readonly [K in keyof T]-?: Whole<Exclude<T[K], undefined>> }
    : T;

const at = '2026-11-27T12:00:00Z';

const metrics = [
  {
    name: 'requests',
    type: 'Prometheus',
    prometheus: {
      server: 'main',
      query: 'sum by (ns, app) (http_requests_total)',
      labels: { namespace: 'ns', name: 'app' },
      freshness: 'max by (ns, app) (timestamp(http_requests_total))',
      counter: true,
    },
  },
  { name: 'cpu', type: 'MetricsServer' },
  {
    name: 'served',
    type: 'Pods',
    pods: { port: 8080, path: '/metrics', metric: 'http_requests_total', labels: { code: '200' } },
  },
] as const satisfies readonly [
  PolicyMetric & { readonly prometheus: Whole<PolicyMetric['prometheus']> },
  PolicyMetric,
  PolicyMetric & { readonly pods: Whole<PolicyMetric['pods']> },
];

const rules = {
  stabilizationWindowSeconds: 60,
  selectPolicy: 'Min',
  tolerance: 0.05,
  policies: [{ type: 'Percent', value: 10, periodSeconds: 60 }],
} as const;

/** All fields of a spec, none of them as by default. */
export const fullestSpec: Omit<Whole<PolicySpec>, 'metrics'> & Pick<PolicySpec, 'metrics'> = {
  targetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'web' },
  mode: 'Canary',
  minReplicas: 2,
  maxReplicas: 40,
  intervalSeconds: 30,
  workload: { requestsPerSecondPerReplica: 12.5, startUpSeconds: 20, sloSeconds: 1 },
  prices: { lateRequest: 0.001, switch: 0.01 },
  metrics,
  behavior: { scaleUp: rules, scaleDown: rules },
  cooldownSeconds: 30,
  schedules: [
    {
      name: 'office',
      timeZone: 'Europe/Berlin',
      start: '0 8 * * MON-FRI',
      end: '0 18 * * MON-FRI',
      minReplicas: 5,
      maxReplicas: 60,
    },
  ],
  forecast: { enabled: false },
  learning: { policy: 'q-learning', enabled: false, settings: { alpha: 0.2, explore: false, name: 'x' } },
  guards: {
    rollout: 'Ignore',
    unschedulable: 'Ignore',
    budget: { hourly: 12, perReplicaHour: 0.4, currency: 'EUR' },
    flapBudget: { reversals: 4, windowSeconds: 3600 },
  },
  onMetricLoss: { action: 'HpaRule', afterSeconds: 120 },
  pause: { until: at, direction: 'Down', reason: 'migration' },
  manualHoldSeconds: 60,
  approval: { timeoutSeconds: 300 },
  canary: { ratio: 0.1, widenEverySeconds: 600 },
  promotion: 'Automatic',
  actuator: 'hpaBounds',
};

export const fullestStatus: Whole<PolicyStatus> = {
  observedGeneration: 3,
  mode: 'Auto',
  currentReplicas: 4,
  desiredReplicas: 6,
  readyReplicas: 3,
  conditions: conditionTypes.map((type) => ({
    type,
    status: type === 'Ready' ? 'True' : type === 'Paused' ? 'False' : 'Unknown',
    observedGeneration: 3,
    lastTransitionTime: at,
    reason: 'NotYetKnown',
    message: 'nobody has looked yet',
  })),
  lastDecision: {
    id: '0193a0b0-0000-7000-8000-000000000001',
    at,
    from: 4,
    to: 6,
    outcome: 'failed',
    reason: 'BelowLowLine',
    expert: 'nets-learned',
    limits: [{ step: 'bounds', from: 9, to: 6, reason: 'TooManyReplicas' }],
    error: 'conflict',
    traceId: '0af7651916cd43dd8448eb211c80319c',
  },
  lastScaleAt: at,
  proposal: { id: 'p', from: 4, to: 6, reason: 'BelowLowLine', expiresAt: at },
  canaryRatio: 0.2,
  holder: { writer: 'kubectl', reason: 'ManualScaling', until: at },
  learning: { tableVersion: 7, rounds: 5, regret: -0.5 },
  owner: 'nimbusguard-0',
};
