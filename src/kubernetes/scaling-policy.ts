import type { KubeObject } from './api.ts';

/**
 * `ScalingPolicy` as the API server hands it out, defaults filled in. manifests/crd/scalingpolicies.yaml says what each
 * field means, and its bounds; a test holds the two equal.
 */
export const policyGroup = 'nimbusguard.io';
export const policyVersion = 'v1alpha1';
export const policyApiVersion = `${policyGroup}/${policyVersion}`;
export const policyKind = 'ScalingPolicy';
export const policiesPath = `/apis/${policyGroup}/${policyVersion}/scalingpolicies`;

export const policyPath = (namespace: string, name: string): string =>
  `/apis/${policyGroup}/${policyVersion}/namespaces/${namespace}/scalingpolicies/${name}`;

export type PolicyMode = 'Shadow' | 'Approve' | 'Canary' | 'Auto' | 'Off';
export type Guard = 'Hold' | 'Ignore';

export type PrometheusMetric = {
  /** The name of a server in the operator's configuration. */
  readonly server: string;
  readonly query: string;
  readonly labels?: { readonly namespace?: string | undefined; readonly name: string } | undefined;
  readonly freshness?: string | undefined;
  readonly counter: boolean;
};

export type PodsMetric = {
  readonly port: number;
  readonly path: string;
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
};

/** The API server lets exactly the block of its type through. */
export type PolicyMetric = {
  readonly name: string;
  readonly type: 'Prometheus' | 'MetricsServer' | 'Pods';
  readonly prometheus?: PrometheusMetric | undefined;
  readonly pods?: PodsMetric | undefined;
};

export type PolicyScalingRules = {
  readonly stabilizationWindowSeconds?: number;
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled';
  readonly tolerance?: number;
  readonly policies?: readonly {
    readonly type: 'Pods' | 'Percent';
    readonly value: number;
    readonly periodSeconds: number;
  }[];
};

export type PolicySchedule = {
  readonly name: string;
  readonly timeZone: string;
  readonly start: string;
  readonly end: string;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
};

export type PolicySpec = {
  readonly targetRef: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly mode: PolicyMode;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly intervalSeconds: number;
  readonly workload: {
    readonly requestsPerSecondPerReplica: number;
    readonly startUpSeconds: number;
    readonly sloSeconds: number;
  };
  readonly prices: { readonly lateRequest: number; readonly switch: number };
  readonly metrics: readonly PolicyMetric[];
  readonly behavior?: { readonly scaleUp?: PolicyScalingRules; readonly scaleDown?: PolicyScalingRules };
  readonly cooldownSeconds?: number;
  readonly schedules: readonly PolicySchedule[];
  readonly forecast: { readonly enabled: boolean };
  readonly learning: {
    readonly policy: string;
    readonly enabled: boolean;
    readonly settings: Readonly<Record<string, unknown>>;
  };
  readonly guards: {
    readonly rollout: Guard;
    readonly unschedulable: Guard;
    readonly budget?: {
      readonly hourly: number;
      readonly perReplicaHour: number;
      readonly currency: string;
    };
    readonly flapBudget?: { readonly reversals: number; readonly windowSeconds: number };
  };
  readonly onMetricLoss: { readonly action: 'HpaRule' | 'Hold'; readonly afterSeconds?: number };
  readonly pause?: {
    readonly until: string;
    readonly direction: 'Up' | 'Down' | 'Both';
    readonly reason: string;
  };
  readonly manualHoldSeconds: number;
  readonly approval: { readonly timeoutSeconds: number };
  readonly canary: { readonly ratio: number; readonly widenEverySeconds: number };
  readonly promotion: 'Manual' | 'Automatic';
  readonly actuator: 'scale' | 'hpaBounds';
};

export const conditionTypes = [
  'Ready',
  'Active',
  'MetricsAvailable',
  'Learning',
  'Fallback',
  'Paused',
  'ScalingLimited',
  'Conflict',
] as const;
export type ConditionType = (typeof conditionTypes)[number];

export type Condition = {
  readonly type: ConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
  /** CamelCase. */
  readonly reason: string;
  readonly message: string;
};

export type LastDecision = {
  readonly id: string;
  readonly at: string;
  readonly from: number;
  readonly to: number;
  readonly outcome: 'scaled' | 'held' | 'shadowed' | 'awaiting-approval' | 'failed';
  readonly reason: string;
  readonly expert?: string;
  readonly limits: readonly {
    readonly step: string;
    readonly from: number;
    readonly to: number;
    readonly reason: string;
  }[];
  readonly error?: string;
  readonly traceId?: string;
};

export type PolicyStatus = {
  readonly observedGeneration?: number;
  readonly mode?: PolicyMode;
  readonly currentReplicas?: number;
  readonly desiredReplicas?: number;
  readonly readyReplicas?: number;
  readonly conditions?: readonly Condition[];
  readonly lastDecision?: LastDecision;
  readonly lastScaleAt?: string;
  readonly proposal?: {
    readonly id: string;
    readonly from: number;
    readonly to: number;
    readonly reason: string;
    readonly expiresAt: string;
  };
  readonly canaryRatio?: number;
  readonly holder?: { readonly writer: string; readonly reason: string; readonly until?: string };
  readonly learning?: { readonly tableVersion?: number; readonly rounds?: number; readonly regret?: number };
  readonly owner?: string;
};

export type ScalingPolicy = KubeObject & { readonly spec: PolicySpec; readonly status?: PolicyStatus };
