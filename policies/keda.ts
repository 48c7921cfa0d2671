import type { PolicyMaker } from '#core/policy';
import { behaviorSetting } from './hpa/behavior-setting.ts';
import { perPodReplicas } from './hpa/calculator.ts';
import { tolerancesOf } from './hpa/cpu-metric.ts';
import { type SteeringState, steering, syncReason } from './hpa/steering.ts';
import { executor } from './keda/executor.ts';
import { fallbackBehaviors, fallbackMetric } from './keda/fallback.ts';
import { percentLabel } from './percent-label.ts';
import { rulePolicy } from './rule.ts';
import { number, oneOf, optional, read } from './settings.ts';

const name = 'keda';

/** Threshold when nobody sets one, as ratio of a replica's capacity: that of an ordinary HPA. */
const usualRatio = 0.8;

const seconds = { least: 0, most: 86_400 };
const whole = { least: 0, most: 2 ** 31 - 1, whole: true };

/** Named as in a ScaledObject; maxReplicaCount is that of the target, whose bounds hold for idle replicas too. */
export const kedaSettings = {
  threshold: optional(
    number('requests per second of one replica; absent: 80 % of its capacity', 40, {
      least: 0.001,
      most: 1e9,
    }),
  ),
  activationThreshold: number('requests per second above which a replica is needed at all', 0, {
    least: 0,
    most: 1e9,
  }),
  pollingInterval: number('seconds between two looks from 0 to 1 and back', 30, { least: 1, most: 86_400 }),
  cooldownPeriod: number('seconds without activity before it goes to 0', 300, seconds),
  initialCooldownPeriod: number('seconds before it may go to 0 that was never active', 0, seconds),
  minReplicaCount: optional(number('least size under demand; absent: the least one of the target', 1, whole)),
  idleReplicaCount: optional(number('size without activity, below minReplicaCount; absent: none', 0, whole)),
  fallbackReplicas: optional(number('size when the metric keeps failing; absent: no fallback', 1, whole)),
  fallbackFailureThreshold: number('failures in a row before the fallback', 3, whole),
  fallbackBehavior: oneOf('what the fallback does with the present size', fallbackBehaviors),
  behavior: behaviorSetting('horizontalPodAutoscalerConfig.behavior; absent: the older path of the HPA'),
  stabilizationSeconds: number(
    "the cluster's own window, in which the greatest wish holds the size up",
    300,
    {
      least: 0,
      most: 3600,
    },
  ),
  tolerance: number('relative distance from the threshold that changes nothing', 0.1, { least: 0, most: 10 }),
};

type State = {
  readonly steering: SteeringState;
  readonly failures: number;
  readonly lastActiveAt: number | null;
  readonly createdAt: number | null;
  readonly nextPollAt: number | null;
};

const label = percentLabel('load');
const none: readonly never[] = [];

/** As a quantity: whole thousandths, the rest cut off. */
const milli = (value: number): number => Math.trunc(1000 * value);

/**
 * KEDA on requests per second, exactly (2.21): its polls lead from 0 (or idle) up and back, between lies the HPA that
 * it leaves behind, on an external metric of type AverageValue. A sync in which a poll scales is left to the poll.
 */
export const keda: PolicyMaker = ({ spec, settings, snapshot }) => {
  const set = read(name, kedaSettings, settings);
  const threshold = set.threshold ?? usualRatio * spec.capacityPerReplica;
  const targetMilli = Math.max(1, milli(threshold));
  const tolerances = tolerancesOf(set.behavior, set.tolerance);
  const minReplicaCount = Math.max(spec.minReplicas, set.minReplicaCount ?? 0);
  const limits = {
    minReplicas: Math.max(1, minReplicaCount),
    maxReplicas: spec.maxReplicas,
    stabilizationSeconds: set.stabilizationSeconds,
    behavior: set.behavior,
  };
  const fallback =
    set.fallbackReplicas === undefined
      ? undefined
      : {
          failureThreshold: set.fallbackFailureThreshold,
          replicas: set.fallbackReplicas,
          behavior: set.fallbackBehavior,
        };

  return rulePolicy<State>(name, { spec, snapshot }, (known) => {
    const { steer, state } = steering(limits, known?.steering);
    const external = fallbackMetric(fallback, targetMilli, known?.failures);
    let createdAt = known?.createdAt ?? undefined;
    let nextPollAt = known?.nextPollAt ?? Number.NEGATIVE_INFINITY;
    const scaledObject = (createdAtSeconds: number, lastActiveAt?: number) =>
      executor(
        {
          minReplicaCount,
          idleReplicaCount: set.idleReplicaCount,
          cooldownPeriod: set.cooldownPeriod,
          initialCooldownPeriod: set.initialCooldownPeriod,
          createdAtSeconds,
          fallbackReplicas: set.fallbackReplicas,
        },
        lastActiveAt,
      );
    let scaler =
      createdAt === undefined ? undefined : scaledObject(createdAt, known?.lastActiveAt ?? undefined);

    /** The size after the poll that is due; undefined: none is, or it leaves the size to the HPA. */
    const poll = (now: number, current: number, demand: number | undefined) => {
      if (now < nextPollAt) return undefined;
      nextPollAt = now + set.pollingInterval;
      createdAt ??= now;
      scaler ??= scaledObject(createdAt);
      const active = demand !== undefined && demand > set.activationThreshold;
      const polled = scaler.poll(now, active, demand === undefined, current);
      return polled.replicas === current ? undefined : polled;
    };

    return {
      decide: (o, legal) => {
        const current = o.replicas.desired;
        const demand = o.demand !== undefined && o.demand >= 0 ? o.demand : undefined;
        const metric = external.metric(demand === undefined ? undefined : milli(demand), current);
        const polled = poll(o.atSeconds, current, demand);
        const proposal =
          metric === undefined || current === 0
            ? undefined
            : perPodReplicas(current, metric, targetMilli, tolerances);
        const wish = polled?.replicas ?? proposal?.replicas ?? -1;
        const steered = polled === undefined ? steer(o, legal, wish) : undefined;
        const to = steered?.to ?? Math.max(legal.low, Math.min(wish, legal.high));
        const share = metric === undefined ? Number.NaN : metric / (targetMilli * Math.max(1, current));
        return {
          action: to - current,
          state: metric === undefined ? 'load=?' : label(Math.floor(100 * share)),
          explored: false,
          reason: polled?.active ?? syncReason(steered!.sync, current, 'FailedGetExternalMetric'),
          expert: undefined,
          lines: undefined,
          values:
            wish === -1 || metric === undefined ? none : [{ option: 'load', replicas: wish, value: share }],
        };
      },
      state: () => ({
        steering: state(),
        failures: external.failures(),
        lastActiveAt: scaler?.lastActiveAt() ?? null,
        createdAt: createdAt ?? null,
        nextPollAt: Number.isFinite(nextPollAt) ? nextPollAt : null,
      }),
    };
  });
};
