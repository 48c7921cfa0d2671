import {
  type HoltWintersState,
  holtWinters,
  type LinearState,
  linear,
  type StatefulForecaster,
} from '#core/forecast';
import type { PolicyMaker } from '#core/policy';
import { demandSteps, leadSteps } from './demand-steps.ts';
import { cpuMetric, tolerancesOf } from './hpa/cpu-metric.ts';
import { type SteeringState, steering, syncReason } from './hpa/steering.ts';
import { hpaSettings } from './hpa.ts';
import { percentLabel } from './percent-label.ts';
import { rulePolicy } from './rule.ts';
import { number, oneOf, read } from './settings.ts';

const name = 'predictive-hpa';

const share = { least: 0, most: 1 };

export const predictiveHpaSettings = {
  ...hpaSettings,
  method: oneOf('how demand is extended', ['linear', 'holt-winters']),
  windowSeconds: number('how far back a line is fitted', 300, { least: 30, most: 86_400 }),
  seasonSeconds: number('length of a season of Holt and Winters', 3600, { least: 60, most: 604_800 }),
  alpha: number('smoothing of the level', 0.5, share),
  beta: number('smoothing of the trend', 0.05, share),
  gamma: number('smoothing of the season', 0.3, share),
};

type State = {
  readonly steering: SteeringState;
  readonly forecast: LinearState | HoltWintersState;
  readonly lastAt: number | null;
};

const label = percentLabel('cpu');
const none: readonly never[] = [];

/** An HPA on CPU that also sizes for the demand that is forecast for when new replicas are ready: the greater counts. */
export const predictiveHpa: PolicyMaker = ({ spec, settings, snapshot }) => {
  const set = read(name, predictiveHpaSettings, settings);
  const { intervalSeconds } = spec;
  const targetPercent = Math.round(100 * set.target);
  const propose = cpuMetric(targetPercent, tolerancesOf(set.behavior, set.tolerance), set);
  const perReplica = set.target * spec.capacityPerReplica;
  const lead = leadSteps(spec);
  const steps = (seconds: number): number => Math.max(2, Math.round(seconds / intervalSeconds));
  const limits = {
    minReplicas: spec.minReplicas,
    maxReplicas: spec.maxReplicas,
    stabilizationSeconds: set.stabilizationSeconds,
    behavior: set.behavior,
  };
  const forecaster = (known: State | undefined): StatefulForecaster<LinearState | HoltWintersState> =>
    set.method === 'linear'
      ? linear(steps(set.windowSeconds), known?.forecast as LinearState | undefined)
      : holtWinters(
          { seasonSteps: steps(set.seasonSeconds), alpha: set.alpha, beta: set.beta, gamma: set.gamma },
          known?.forecast as HoltWintersState | undefined,
        );

  return rulePolicy<State>(name, { spec, snapshot }, (known) => {
    const { steer, state } = steering(limits, known?.steering);
    const future = forecaster(known);
    const demand = demandSteps(intervalSeconds, future.observe, known?.lastAt ?? undefined);
    return {
      decide: (o, legal) => {
        const current = o.replicas.desired;
        demand.look(o.atSeconds, o.demand);
        const ahead = future.ahead(lead) / perReplica;
        const forecast = Math.ceil(ahead);
        const proposal = propose(o);
        const failed = proposal === undefined || proposal.error !== undefined;
        const own = failed ? -1 : proposal.replicas;
        // Without its own metric the HPA may grow on the forecast alone, never shrink.
        const leads = forecast > (failed ? current : own);
        const { sync, to } = steer(o, legal, leads ? forecast : own);
        const values = leads
          ? [{ option: 'forecast', replicas: forecast, value: ahead / Math.max(1, current) }]
          : failed
            ? none
            : [{ option: 'cpu', replicas: own, value: proposal.usage / targetPercent }];
        const why = syncReason(sync, current, 'FailedGetResourceMetric');
        return {
          action: to - current,
          state: failed ? 'cpu=?' : label(proposal.usage),
          explored: false,
          reason: leads && why === 'MetricAboveTarget' ? 'ForecastAboveTarget' : why,
          expert: undefined,
          lines: undefined,
          values,
        };
      },
      state: () => ({ steering: state(), forecast: future.state(), lastAt: demand.lastAt() }),
    };
  });
};
