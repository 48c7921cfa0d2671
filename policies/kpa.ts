import type { Observation } from '#core/model';
import type { PolicyMaker } from '#core/policy';
import { type AutoscalerState, autoscaler, type DeciderSpec, type Scaled } from './kpa/autoscaler.ts';
import { aggregations } from './kpa/buckets.ts';
import { demandWindows, type WindowsState } from './kpa/demand-windows.ts';
import { rulePolicy } from './rule.ts';
import { number, oneOf, read } from './settings.ts';

const name = 'kpa';

/** Defaults are those of config/core/configmaps/autoscaler.yaml. */
export const kpaSettings = {
  target: number('requests per second that a replica is to bear, as ratio of its capacity', 0.7, {
    least: 0.01,
    most: 10,
  }),
  stableWindowSeconds: number('window of the stable mode', 60, { least: 6, most: 3600, whole: true }),
  panicWindowPercentage: number('window of the panic mode, of the stable one', 10, { least: 1, most: 100 }),
  panicThresholdPercentage: number(
    'what the panic window calls for, of the ready replicas, when panic begins',
    200,
    {
      least: 110,
      most: 1000,
    },
  ),
  maxScaleUpRate: number('how many times the ready replicas may be wanted', 1000, {
    least: 1.01,
    most: 10_000,
  }),
  maxScaleDownRate: number('by how much the ready replicas may be divided', 2, { least: 1.01, most: 10_000 }),
  scaleDownDelaySeconds: number('how long the greatest wish holds the size up', 0, { least: 0, most: 3600 }),
  scaleToZeroGraceSeconds: number('how long zero must be wanted before the last replica goes', 30, {
    least: 6,
    most: 3600,
  }),
  activationScale: number('the least size that is not zero', 1, { least: 1, most: 10_000, whole: true }),
  aggregation: oneOf('how a window is averaged', aggregations),
};

type State = {
  readonly windows: WindowsState;
  readonly autoscaler: AutoscalerState | null;
  readonly zeroSince: number | null;
};

const none: readonly never[] = [];

const reason = ({ valid, panicking, pods }: Scaled, current: number, to: number): string => {
  if (!valid) return 'MetricFailed';
  if (to !== pods) return to > pods ? 'TooFewReplicas' : 'TooManyReplicas';
  if (panicking) return 'PanicMode';
  if (to > current) return 'MetricAboveTarget';
  return to < current ? 'MetricsBelowTarget' : 'DesiredWithinRange';
};

/** Knative's pod autoscaler on requests per second, exactly (Serving 0.51); what the queue proxies count are our arrivals. */
export const kpa: PolicyMaker = ({ spec, settings, snapshot }) => {
  const set = read(name, kpaSettings, settings);
  const { stableWindowSeconds } = set;
  const decider: DeciderSpec = {
    targetValue: set.target * spec.capacityPerReplica,
    totalValue: spec.capacityPerReplica,
    targetBurstCapacity: 0,
    panicThreshold: set.panicThresholdPercentage / 100,
    maxScaleUpRate: set.maxScaleUpRate,
    maxScaleDownRate: set.maxScaleDownRate,
    stableWindowSeconds,
    scaleDownDelaySeconds: set.scaleDownDelaySeconds,
    activationScale: set.activationScale,
    reachable: true,
  };
  const panicWindowSeconds = Math.max(1, Math.round((stableWindowSeconds * set.panicWindowPercentage) / 100));
  const { metricAgeSeconds, minReplicas, maxReplicas } = spec;
  const windowSettings = {
    aggregation: set.aggregation,
    stableWindowSeconds,
    panicWindowSeconds,
    metricAgeSeconds,
  };

  return rulePolicy<State>(name, { spec, snapshot }, (known) => {
    const windows = demandWindows(windowSettings, known?.windows);
    let scaler = known?.autoscaler ? autoscaler(decider, 0, 0, known.autoscaler) : undefined;
    let zeroSince = known?.zeroSince ?? undefined;

    /** The last replica stays until nothing was wanted for the whole grace period. */
    const bounded = (pods: number, now: number): number => {
      if (pods > 0) zeroSince = undefined;
      else zeroSince ??= now;
      const least = zeroSince !== undefined && now - zeroSince < set.scaleToZeroGraceSeconds ? 1 : 0;
      return Math.min(Math.max(pods, minReplicas, least), maxReplicas);
    };

    /** Share of the target that the ready replicas bear, by the window in charge. */
    let share = 0;

    const scale = (o: Observation, ready: number): Scaled => {
      scaler ??= autoscaler(decider, ready, o.atSeconds);
      windows.look(o);
      const now = o.atSeconds;
      if (windows.isEmpty(now)) return scaler.scale(now, undefined, undefined, ready);
      const stable = windows.stable(now);
      const panic = windows.panic(now);
      const scaled = scaler.scale(now, stable, panic, ready);
      share = (scaled.panicking ? panic : stable) / (decider.targetValue * Math.max(1, ready));
      return scaled;
    };

    return {
      decide: (o, legal) => {
        const { desired: current, ready } = o.replicas;
        const scaled = scale(o, ready);
        const to = scaled.valid ? bounded(scaled.pods, o.atSeconds) : current;
        return {
          action: Math.max(legal.low, Math.min(to, legal.high)) - current,
          state: scaled.panicking ? 'mode=panic' : 'mode=stable',
          explored: false,
          reason: reason(scaled, current, to),
          expert: undefined,
          lines: undefined,
          values: scaled.valid
            ? [{ option: scaled.panicking ? 'panic' : 'stable', replicas: scaled.pods, value: share }]
            : none,
        };
      },
      state: () => ({
        windows: windows.state(),
        autoscaler: scaler?.state() ?? null,
        zeroSince: zeroSince ?? null,
      }),
    };
  });
};
