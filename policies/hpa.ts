import type { Behavior, Choice, Legal, Observation, ScalingRules } from '#core/model';
import type { Policy, PolicyMaker } from '#core/policy';
import { type CostState, costScore } from '#core/reward';
import { behaviorSetting } from './hpa/behavior-setting.ts';
import { isWithin, type Proposal, resourceReplicas } from './hpa/calculator.ts';
import { controller, type Sync } from './hpa/controller.ts';
import { type Memory, normaliser } from './hpa/normalise.ts';
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

type Scaling = { readonly atSeconds: number; readonly from: number; readonly change: number };
type Data = { readonly memory: Memory; readonly cost: CostState; readonly pending: Scaling | null };

const labels: string[] = [];
/** `cpu=73%`: one string per whole percent, made once. */
const label = (percent: number): string => {
  if (percent > 1000) return 'cpu>1000%';
  const known = labels[percent];
  if (known !== undefined) return known;
  const made = `cpu=${percent}%`;
  labels[percent] = made;
  return made;
};

/** The API knows tolerances of their own for ups and downs. */
const tolerance = (rules: ScalingRules | undefined, preset: number): number => rules?.tolerance ?? preset;

const none: readonly never[] = [];

/** In the HPA's own words; why the size was kept or changed. */
const reason = (sync: Sync, current: number): string => {
  if (sync.active === 'ScalingDisabled') return 'ScalingDisabled';
  if (sync.active === 'MetricFailed') return 'FailedGetResourceMetric';
  if (sync.rescale === 'aboveMax') return 'TooManyReplicas';
  if (sync.rescale === 'belowMin') return 'TooFewReplicas';
  if (sync.limited !== undefined && sync.limited !== 'DesiredWithinRange') return sync.limited;
  if (sync.desired > current) return 'MetricAboveTarget';
  if (sync.desired < current) return 'MetricsBelowTarget';
  return sync.able === 'ReadyForNewScale' ? 'DesiredWithinRange' : sync.able;
};

/** An HPA on CPU, exactly: metric, tolerance, stabilization and limits are its own (autoscaling/v2, Kubernetes 1.36). */
export const hpa: PolicyMaker = ({ spec, settings, snapshot }): Policy => {
  const set = read(name, hpaSettings, settings);
  const behavior: Behavior | undefined = set.behavior;
  const targetPercent = Math.round(100 * set.target);
  const tolerances = {
    up: tolerance(behavior?.scaleUp, set.tolerance),
    down: tolerance(behavior?.scaleDown, set.tolerance),
  };
  const limits = {
    minReplicas: spec.minReplicas,
    maxReplicas: spec.maxReplicas,
    stabilizationSeconds: set.stabilizationSeconds,
    behavior,
  };
  const known = snapshot?.policy === name ? (snapshot.data as Data) : undefined;
  const memory = normaliser(limits, known?.memory);
  const sync = controller(limits, memory);
  const cost = costScore(spec, known?.cost);
  let pending = known?.pending ?? undefined;
  let decisions = snapshot?.experience ?? 0;
  let lastAt = snapshot?.atSeconds ?? 0;

  /** Where nobody tells about pods: the mean CPU of ready replicas, truncated to whole percent as the HPA does. */
  const bySample = (o: Observation, current: number): Proposal | undefined => {
    for (const { metric, state, value } of o.samples) {
      if (metric !== 'cpu' || state !== 'ok' || value === undefined || !(value >= 0)) continue;
      const usage = Math.floor(100 * value + 1e-9);
      const ratio = usage / targetPercent;
      const { ready } = o.replicas;
      const replicas = isWithin(tolerances, ratio) ? current : Math.ceil(ratio * ready);
      return ready > 0 ? { replicas, usage, average: 0, error: undefined } : undefined;
    }
    return undefined;
  };

  const propose = (o: Observation, current: number): Proposal | undefined =>
    o.pods !== undefined && o.pods.length > 0
      ? resourceReplicas(current, targetPercent, o.pods, o.atSeconds, tolerances, set)
      : bySample(o, current);

  /** A scaling counts against the rate policies once it was carried out: Shadow would otherwise limit itself. */
  const settle = (current: number): void => {
    if (pending !== undefined && current !== pending.from) memory.scaled(pending.change, pending.atSeconds);
    pending = undefined;
  };

  const decide = (o: Observation, legal: Legal): Choice => {
    const current = o.replicas.desired;
    settle(current);
    const proposal = propose(o, current);
    const wish = proposal === undefined || proposal.error !== undefined ? -1 : proposal.replicas;
    const answer = sync(o.atSeconds, current, wish);
    const to = Math.max(legal.low, Math.min(answer.desired, legal.high));
    if (behavior !== undefined && to !== current)
      pending = { atSeconds: o.atSeconds, from: current, change: to - current };
    decisions++;
    lastAt = o.atSeconds;
    return {
      action: to - current,
      state: wish === -1 ? 'cpu=?' : label(proposal!.usage),
      explored: false,
      reason: reason(answer, current),
      expert: undefined,
      lines: undefined,
      values:
        wish === -1 ? none : [{ option: 'cpu', replicas: wish, value: proposal!.usage / targetPercent }],
    };
  };

  return {
    name,
    decide,
    score: cost.score,
    learn: () => ({}),
    snapshot: () => ({
      schemaVersion: 1,
      policy: name,
      atSeconds: lastAt,
      experience: decisions,
      data: { memory: memory.memory(), cost: cost.state(), pending: pending ?? null } satisfies Data,
    }),
    tableVersion: () => 0,
  };
};
