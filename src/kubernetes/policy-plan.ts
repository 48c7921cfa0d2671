import type { Behavior, Mode, Pause, ScalingRules, Spec, Target } from '#core/model';
import type { PolicySettings } from '#core/policy';
import type { Fault } from './fault.ts';
import { orderedJson } from './ordered-json.ts';
import {
  type KnownServers,
  metricAgeSeconds,
  type PlannedMetric,
  plannedMetrics,
} from './planned-metrics.ts';
import { plannedPolicy } from './planned-policy.ts';
import type { PolicyMetric, PolicySchedule, PolicySpec, ScalingPolicy } from './scaling-policy.ts';

/** A ScalingPolicy in the project's own words: all that the loop of its target needs. */
export type Plan = {
  readonly target: Target;
  /** Of the target's kind: `apps/v1`. */
  readonly apiVersion: string;
  /** The ScalingPolicy's own. */
  readonly object: { readonly name: string; readonly uid: string; readonly generation: number };
  /** The one asked for. */
  readonly mode: Mode;
  readonly spec: Spec;
  readonly policy: { readonly name: string; readonly settings: PolicySettings };
  readonly metrics: readonly PlannedMetric[];
  readonly schedules: readonly PolicySchedule[];
  readonly manualHoldSeconds: number;
  readonly approvalSeconds: number;
  readonly canary: PolicySpec['canary'];
  readonly promotion: PolicySpec['promotion'];
  readonly actuator: PolicySpec['actuator'];
  readonly pauses: readonly Pause[];
};

export type Given = {
  /** Of the operator's configuration: for policies that name no metrics of their own. */
  readonly presetMetrics: readonly PolicyMetric[];
  readonly servers: KnownServers;
  /** What is wrong with a policy's name, settings and spec. Paths begin with `settings`, `policy` or a key of the spec. */
  readonly policyFaults: (
    name: string,
    settings: PolicySettings,
    spec: Spec,
  ) => readonly { readonly path: string; readonly message: string }[];
  /** What is wrong with cron patterns and time zones. */
  readonly scheduleFaults: (schedules: readonly PolicySchedule[], path: string) => readonly Fault[];
};

export type Planned =
  | { readonly plan: Plan; readonly faults?: undefined }
  | { readonly faults: readonly Fault[]; readonly plan?: undefined };

const rules = ({
  stabilizationWindowSeconds,
  selectPolicy,
  tolerance,
  policies,
}: ScalingRules): ScalingRules => ({
  ...(stabilizationWindowSeconds !== undefined && { stabilizationWindowSeconds }),
  ...(selectPolicy !== undefined && { selectPolicy }),
  ...(tolerance !== undefined && { tolerance }),
  ...(policies !== undefined && { policies }),
});

const behaviorOf = ({ scaleUp, scaleDown }: Behavior): Behavior => ({
  ...(scaleUp !== undefined && { scaleUp: rules(scaleUp) }),
  ...(scaleDown !== undefined && { scaleDown: rules(scaleDown) }),
});

const specOf = (given: PolicySpec, ageSeconds: number): Spec => {
  const { workload, prices, behavior, cooldownSeconds, guards, onMetricLoss } = given;
  const { budget, ...held } = guards;
  return {
    minReplicas: given.minReplicas,
    maxReplicas: given.maxReplicas,
    intervalSeconds: given.intervalSeconds,
    capacityPerReplica: workload.requestsPerSecondPerReplica,
    startUpSeconds: workload.startUpSeconds,
    sloSeconds: workload.sloSeconds,
    latePrice: prices.lateRequest,
    switchPrice: prices.switch,
    metricAgeSeconds: ageSeconds,
    guards: held,
    onMetricLoss,
    ...(behavior !== undefined && { behavior: behaviorOf(behavior) }),
    ...(cooldownSeconds !== undefined && { cooldownSeconds }),
    ...(budget !== undefined && { budget }),
  };
};

const directions = { Up: 'up', Down: 'down', Both: 'both' } as const;

export const pausesOf = (pause: PolicySpec['pause'], name: string): readonly Pause[] =>
  pause === undefined
    ? []
    : [
        {
          untilSeconds: Date.parse(pause.until) / 1000,
          direction: directions[pause.direction],
          reason: pause.reason,
          by: `ScalingPolicy ${name}`,
        },
      ];

const noMetrics = (): Fault => ({
  path: 'spec.metrics',
  value: '[]',
  problem: 'is empty, and the operator has no metrics of its own',
  mend: 'name at least requests, or ask who runs NimbusGuard for a preset',
});

/** All faults at once; what the API server has let through is taken as it is. */
export const planOf = (resource: ScalingPolicy, given: Given): Planned => {
  const { spec: wanted, metadata } = resource;
  const { targetRef } = wanted;
  const target: Target = {
    namespace: metadata.namespace ?? 'default',
    kind: targetRef.kind,
    name: targetRef.name,
  };
  const own = wanted.metrics.length > 0;
  const { metrics, faults: metricFaults } = plannedMetrics(
    own ? wanted.metrics : given.presetMetrics,
    target,
    given.servers,
    own ? 'spec.metrics' : "the operator's metrics",
  );
  const full = specOf(wanted, metricAgeSeconds(metrics, given.servers));
  const { policy, spec, faults: policyFaults } = plannedPolicy(wanted, full, given.policyFaults);
  const faults: readonly Fault[] = [
    ...(metrics.length === 0 ? [noMetrics()] : metricFaults),
    ...given.scheduleFaults(wanted.schedules, 'spec.schedules'),
    ...policyFaults,
  ];
  if (faults.length > 0) return { faults };
  return {
    plan: {
      target,
      apiVersion: targetRef.apiVersion,
      object: { name: metadata.name, uid: metadata.uid ?? '', generation: metadata.generation ?? 0 },
      mode: wanted.mode,
      spec,
      policy,
      metrics,
      schedules: wanted.schedules,
      manualHoldSeconds: wanted.manualHoldSeconds,
      approvalSeconds: wanted.approval.timeoutSeconds,
      canary: wanted.canary,
      promotion: wanted.promotion,
      actuator: wanted.actuator,
      pauses: pausesOf(wanted.pause, metadata.name),
    },
  };
};

/** Another text exactly when the loop must be opened anew: for all but a pause, which a running loop is told. */
export const planKey = ({ pauses: _, object: { name, uid }, ...rest }: Plan): string =>
  orderedJson({ ...rest, object: { name, uid } });
