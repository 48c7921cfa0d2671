import type { Normaliser, NormaliserSettings } from './normalise.ts';

export type RescaleReason = 'aboveMax' | 'belowMin' | 'metricAbove' | 'metricsBelow' | 'none' | '';

/** What one sync did; conditions that it did not touch are undefined. */
export type Sync = {
  desired: number;
  able: string;
  limited: string | undefined;
  active: 'ValidMetricFound' | 'ScalingDisabled' | 'MetricFailed' | undefined;
  rescale: RescaleReason;
};

/**
 * `reconcileAutoscaler` of pkg/controller/podautoscaler/horizontal.go, from the metric's wish on. A wish of −1 is a
 * metric that failed: then nothing changes and nothing is remembered. The answer is one object, written anew.
 */
export const controller = ({ minReplicas, maxReplicas }: NormaliserSettings, memory: Normaliser) => {
  const sync: Sync = { desired: 0, able: '', limited: undefined, active: undefined, rescale: '' };
  return (nowSeconds: number, current: number, wish: number): Sync => {
    memory.begin(current, nowSeconds);
    sync.desired = current;
    sync.able = 'SucceededGetScale';
    sync.limited = undefined;
    sync.active = undefined;
    sync.rescale = '';
    if (current === 0 && minReplicas !== 0) {
      sync.active = 'ScalingDisabled';
      return sync;
    }
    if (current > maxReplicas || current < minReplicas) {
      sync.rescale = current > maxReplicas ? 'aboveMax' : 'belowMin';
      sync.desired = current > maxReplicas ? maxReplicas : minReplicas;
    } else if (wish === -1) {
      sync.active = 'MetricFailed';
    } else {
      const to = memory.normalise(current, wish, nowSeconds);
      sync.desired = to.replicas;
      sync.able = to.stabilized || 'ReadyForNewScale';
      sync.limited = to.limited;
      sync.active = 'ValidMetricFound';
      if (to.replicas !== current)
        sync.rescale = wish > current ? 'metricAbove' : wish < current ? 'metricsBelow' : 'none';
    }
    if (sync.desired !== current) sync.able = 'SucceededRescale';
    return sync;
  };
};
