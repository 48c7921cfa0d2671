import { rulebook } from '#core/behavior';
import { doubt, missesBeforeFallback, staleAfterSeconds } from '#core/doubt';
import type { Opening } from '#core/gate';
import { type Interval, type LimitStep, limitsByStep } from '#core/limit-chain';
import type { Mode, Observation, Past, Pause, Spec } from '#core/model';
import { openingValue, rateSteps } from '#core/opening-value';

/** All that a limit looks at. */
export type Ground = {
  readonly o: Observation;
  readonly spec: Spec;
  readonly past: Past;
  readonly pauses: readonly Pause[];
  readonly mode: Mode;
};

/** An opening, and the ground as it would be with it: it is told only if the limit itself opens there. */
export type Trial = { readonly opening: Opening; readonly ground: Ground };

export const intervalOn = (step: LimitStep, { o, spec, past, pauses, mode }: Ground): Interval | undefined =>
  limitsByStep[step](o, spec, past, pauses, mode);

/** Every interval is widened to the present size, as in the chain. */
export const admits = (interval: Interval | undefined, from: number, goal: number): boolean =>
  interval === undefined || (goal >= Math.min(interval.low, from) && goal <= Math.max(interval.high, from));

const opensAt =
  (step: LimitStep, goal: number) =>
  (ground: Ground): boolean =>
    admits(intervalOn(step, ground), ground.o.replicas.desired, goal);

type Asked = { readonly ground: Ground; readonly goal: number; readonly up: boolean };

const seen = (ground: Ground, o: Partial<Observation>): Ground => ({ ...ground, o: { ...ground.o, ...o } });
const told = (ground: Ground, spec: Partial<Spec>): Ground => ({
  ...ground,
  spec: { ...ground.spec, ...spec },
});

const exactly = (opening: Omit<Opening, 'exact'>): Opening => ({ ...opening, exact: true });

const state = (of: Opening['of'], value: string, name?: string): Opening =>
  exactly({ of, value, unit: 'state', is: 'equal', name });

/** The first whole second at which nothing but time has opened the limit; `ends`: when what it remembers is forgotten. */
const inTime = (
  step: LimitStep,
  { ground, goal }: Asked,
  ends: readonly number[],
  given?: string,
): readonly Trial[] => {
  const opens = opensAt(step, goal);
  const seconds = [...new Set(ends.map((at) => Math.ceil(at - 1e-6)))].toSorted((a, b) => a - b);
  for (const atSeconds of seconds) {
    const later = seen(ground, { atSeconds });
    if (atSeconds <= ground.o.atSeconds || !opens(later)) continue;
    const opening = exactly({ of: 'time', value: atSeconds, unit: 'time', is: 'at least', given });
    return [{ opening, ground: later }];
  }
  return [];
};

const replicas = (of: Opening['of'], value: number, up: boolean, name?: string): Opening =>
  exactly({ of, value, unit: 'replicas', is: up ? 'at least' : 'at most', name });

const boundsTrials = ({ ground, goal, up }: Asked): readonly Trial[] => [
  {
    opening: replicas(up ? 'maxReplicas' : 'minReplicas', goal, up),
    ground: told(ground, up ? { maxReplicas: goal } : { minReplicas: goal }),
  },
];

/** The spec is stronger than the clock: where it alone stands in the way, it alone is named. */
const scheduleTrials = (asked: Asked): readonly Trial[] => {
  const { ground, goal, up } = asked;
  const { schedule } = ground.o;
  if (schedule === undefined) return [];
  const bySchedule = seen(ground, {
    schedule: { ...schedule, ...(up ? { maxReplicas: goal } : { minReplicas: goal }) },
  });
  const opening = replicas(up ? 'schedule maxReplicas' : 'schedule minReplicas', goal, up, schedule.name);
  const [bySpec] = boundsTrials(asked);
  const both = boundsTrials({ ...asked, ground: bySchedule })[0]!.ground;
  const given = 'the bounds of the spec allow it too';
  return [{ opening, ground: bySchedule }, bySpec!, { opening: { ...opening, given }, ground: both }];
};

const floorTrials = ({ ground, goal }: Asked): readonly Trial[] => {
  const { floor } = ground.o;
  if (floor === undefined) return [];
  return [
    {
      opening: replicas('floor', goal, false, floor.name),
      ground: seen(ground, { floor: { ...floor, replicas: goal } }),
    },
  ];
};

const withGoodSamples = ({ samples, arrivals, ...o }: Observation): Observation => ({
  ...o,
  samples: samples.map((sample) => ({
    ...sample,
    state: 'ok',
    value: Number.isNaN(sample.value ?? Number.NaN) ? 0 : sample.value,
  })),
});

const missingDataTrials = ({ ground, up }: Asked): readonly Trial[] => {
  const { o, spec, past } = ground;
  const why = doubt(o, spec);
  const demand = o.demand !== undefined && o.demand >= 0 && Number.isFinite(o.demand) ? o.demand : 0;
  if (why === 'partial')
    return [{ opening: state('metrics', 'all read'), ground: { ...ground, o: withGoodSamples(o) } }];
  const seconds = staleAfterSeconds(spec);
  const fresh: Observation = {
    ...o,
    demand,
    samples: o.samples.map((sample) =>
      sample.metric === 'requests' ? { ...sample, state: 'ok', value: demand, ageSeconds: seconds } : sample,
    ),
  };
  const opening =
    why === 'stale'
      ? exactly({ of: 'metric age', value: seconds, unit: 'seconds', is: 'at most', name: 'requests' })
      : state('demand', 'known');
  const whole = withGoodSamples(fresh);
  const known: readonly Trial[] = [
    { opening, ground: { ...ground, o: fresh } },
    { opening: { ...opening, given: 'the other metrics are read too' }, ground: { ...ground, o: whole } },
  ];
  if (!up || spec.onMetricLoss?.action === 'Hold') return known;
  const { misses, missedSince = o.atSeconds } = past;
  const atSeconds = Math.ceil(
    Math.max(
      missedSince + (spec.onMetricLoss?.afterSeconds ?? 0),
      o.atSeconds + (missesBeforeFallback - 1 - misses) * spec.intervalSeconds,
    ),
  );
  const longer = { ...past, misses: Math.max(misses, missesBeforeFallback - 1), missedSince };
  const time: Opening = {
    of: 'time',
    value: atSeconds,
    unit: 'time',
    is: 'at least',
    exact: false,
    given: 'demand stays unknown, and what is left calls for more',
  };
  return [...known, { opening: time, ground: seen({ ...ground, past: longer }, { atSeconds }) }];
};

const canaryTrials = ({ ground, goal, up }: Asked): readonly Trial[] => {
  const { demand = 0, canaryRatio = 0 } = ground.o;
  const withDemand = (value: number): Ground => seen(ground, { demand: value });
  const withRatio = (value: number): Ground => seen(ground, { canaryRatio: value });
  const opens = opensAt('canary', goal);
  const rate = openingValue(demand, up, rateSteps, (value) => opens(withDemand(value)));
  const ratio = openingValue(canaryRatio, true, 100, (value) => opens(withRatio(value)));
  const trials: Trial[] = [];
  if (rate !== undefined) {
    const is = up ? 'at least' : 'at most';
    const opening = exactly({ of: 'demand', value: rate, unit: 'per-second', is });
    trials.push({ opening, ground: withDemand(rate) });
  }
  if (ratio !== undefined && ratio <= 1) {
    const opening = exactly({ of: 'canary ratio', value: ratio, unit: 'ratio', is: 'at least' });
    trials.push({ opening, ground: withRatio(ratio) });
  }
  return trials;
};

const stabilizationTrials = (asked: Asked): readonly Trial[] => {
  const { o, spec, past } = asked.ground;
  if (spec.behavior === undefined) return [];
  const { up, down } = rulebook(spec.behavior);
  // The first size that was seen counts as the first wish, from when it was seen.
  const recommendations =
    past.recommendations.length > 0
      ? past.recommendations
      : [{ atSeconds: o.atSeconds, replicas: o.replicas.desired }];
  const ground = { ...asked.ground, past: { ...past, recommendations } };
  const windows = [up.windowSeconds, down.windowSeconds];
  const ends = recommendations.flatMap(({ atSeconds }) => windows.map((window) => atSeconds + window));
  return inTime('stabilization', { ...asked, ground }, ends, 'nothing else is wanted meanwhile');
};

const rateTrials = (asked: Asked): readonly Trial[] => {
  const { ground, up } = asked;
  const { behavior } = ground.spec;
  if (behavior === undefined) return [];
  const rules = rulebook(behavior)[up ? 'up' : 'down'];
  const ends = ground.past.scalings.flatMap(({ atSeconds }) =>
    rules.policies.map(({ periodSeconds }) => atSeconds + periodSeconds),
  );
  const side = up ? 'scaleUp' : 'scaleDown';
  const enabled = { ...behavior, [side]: { ...behavior[side], selectPolicy: 'Max' as const } };
  return rules.select === 'Disabled'
    ? [
        {
          opening: state('scaling rules', 'enabled', `${side}.selectPolicy`),
          ground: told(ground, { behavior: enabled }),
        },
      ]
    : inTime('rate', asked, ends, 'the size stays until then');
};

const pauseTrials = (asked: Asked): readonly Trial[] => {
  const ends = asked.ground.pauses.map(({ untilSeconds }) => untilSeconds).filter(Number.isFinite);
  const timed = inTime('pause', asked, ends);
  return timed.length > 0
    ? timed
    : [{ opening: state('pause', 'ended'), ground: { ...asked.ground, pauses: [] } }];
};

const holderTrials = (asked: Asked): readonly Trial[] => {
  const { holder } = asked.ground.o;
  if (holder === undefined) return [];
  const { untilSeconds, writer } = holder;
  return [
    ...(untilSeconds === undefined ? [] : inTime('holder', asked, [untilSeconds])),
    { opening: state('writer', 'gone', writer), ground: seen(asked.ground, { holder: undefined }) },
  ];
};

const budgetTrials = ({ ground, goal }: Asked): readonly Trial[] => {
  const { budget } = ground.spec;
  if (budget === undefined) return [];
  const withHourly = (hourly: number): Ground => told(ground, { budget: { ...budget, hourly } });
  // Three digits of what one replica costs, and no less than the smallest coin.
  const steps = 10 ** Math.max(2, 2 - Math.floor(Math.log10(budget.perReplicaHour)));
  const opens = opensAt('budget', goal);
  const hourly = openingValue(budget.hourly, true, steps, (value) => opens(withHourly(value)));
  if (hourly === undefined) return [];
  const opening = exactly({ of: 'hourly budget', value: hourly, unit: 'money', is: 'at least' });
  return [{ opening: { ...opening, name: budget.currency }, ground: withHourly(hourly) }];
};

const trialsOf: Readonly<Record<LimitStep, (asked: Asked) => readonly Trial[]>> = {
  bounds: boundsTrials,
  schedule: scheduleTrials,
  floor: floorTrials,
  'missing-data': missingDataTrials,
  rollout: ({ ground }) => [{ opening: state('rollout', 'ended'), ground: seen(ground, { rollout: false }) }],
  unschedulable: ({ ground }) => [
    {
      opening: exactly({ of: 'pods without a node', value: 0, unit: 'count', is: 'at most' }),
      ground: seen(ground, { unschedulable: 0 }),
    },
  ],
  budget: budgetTrials,
  canary: canaryTrials,
  'flap-budget': (asked) => {
    const { past, spec } = asked.ground;
    const window = spec.guards?.flapBudget?.windowSeconds ?? 0;
    return inTime(
      'flap-budget',
      asked,
      (past.turnedAt ?? []).map((at) => at + window),
    );
  },
  stabilization: stabilizationTrials,
  rate: rateTrials,
  cooldown: (asked) => {
    const { o, spec } = asked.ground;
    return inTime('cooldown', asked, [(o.replicas.lastScaledAt ?? 0) + (spec.cooldownSeconds ?? 0)]);
  },
  pause: pauseTrials,
  holder: holderTrials,
};

/** What would open a limit that shuts `goal` out, each tried in the limit itself; of several that name one thing the first. */
export const limitOpenings = (step: LimitStep, ground: Ground, goal: number): readonly Trial[] => {
  const up = goal > ground.o.replicas.desired;
  const opens = opensAt(step, goal);
  const found: Trial[] = [];
  for (const trial of trialsOf[step]({ ground, goal, up }))
    if (opens(trial.ground) && !found.some(({ opening }) => opening.of === trial.opening.of))
      found.push(trial);
  return found;
};
