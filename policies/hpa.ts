import type { PolicyMaker } from '#core/policy';
import { behaviorSetting } from './hpa/behavior-setting.ts';
import { cpuMetric, tolerancesOf } from './hpa/cpu-metric.ts';
import { type SteeringState, steering, syncReason } from './hpa/steering.ts';
import { percentLabel } from './percent-label.ts';
import { rulePolicy } from './rule.ts';
import { number, read } from './settings.ts';

const name = 'hpa';

export const hpaSettings = {
  target: number('CPU use, as ratio of the request, that is held', 0.8, { least: 0.01, most: 10 }),
  stabilizationSeconds: number('how long the greatest wish holds the size up', 300, { least: 0, most: 3600 }),
  behavior: behaviorSetting('behavior of autoscaling/v2; absent: the older path, as an ordinary HPA'),
  tolerance: number('relative distance from the target that changes nothing', 0.1, { least: 0, most: 10 }),
  cpuInitializationSeconds: number(
    'time from its start in which the CPU of an unready pod does not count',
    300,
    {
      least: 0,
      most: 3600,
    },
  ),
  readinessDelaySeconds: number(
    'time from its start within which a pod that is unready has never been ready',
    30,
    {
      least: 0,
      most: 3600,
    },
  ),
};

const label = percentLabel('cpu');
const none: readonly never[] = [];

/** An HPA on CPU, exactly: metric, tolerance, stabilization and limits are its own (autoscaling/v2, Kubernetes 1.36). */
export const hpa: PolicyMaker = ({ spec, settings, snapshot }) => {
  const set = read(name, hpaSettings, settings);
  const targetPercent = Math.round(100 * set.target);
  const propose = cpuMetric(targetPercent, tolerancesOf(set.behavior, set.tolerance), set);
  const limits = {
    minReplicas: spec.minReplicas,
    maxReplicas: spec.maxReplicas,
    stabilizationSeconds: set.stabilizationSeconds,
    behavior: set.behavior,
  };
  return rulePolicy<SteeringState>(name, { spec, snapshot }, (known) => {
    const { steer, state } = steering(limits, known);
    return {
      decide: (o, legal) => {
        const current = o.replicas.desired;
        const proposal = propose(o);
        const failed = proposal === undefined || proposal.error !== undefined;
        const wish = failed ? -1 : proposal.replicas;
        const { sync, to } = steer(o, legal, wish);
        return {
          action: to - current,
          state: failed ? 'cpu=?' : label(proposal.usage),
          explored: false,
          reason: syncReason(sync, current, 'FailedGetResourceMetric'),
          expert: undefined,
          lines: undefined,
          values: failed ? none : [{ option: 'cpu', replicas: wish, value: proposal.usage / targetPercent }],
        };
      },
      state,
    };
  });
};
