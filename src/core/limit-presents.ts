import { doubt } from '#core/doubt';
import { turnsWithin } from '#core/flaps';
import type { Measure } from '#core/gate';
import { type LimitStep, mostReplicas } from '#core/limit-chain';
import { type Ground, intervalOn } from '#core/limit-openings';

const none: readonly Measure[] = [];

const replicas = (of: Measure['of'], value: number | undefined, name?: string): readonly Measure[] =>
  value === undefined ? none : [{ of, value, unit: 'replicas', name }];

const seconds = (of: Measure['of'], value: number | undefined, name?: string): readonly Measure[] =>
  value === undefined ? none : [{ of, value, unit: 'seconds', name }];

const rate = (value: number | undefined): readonly Measure[] =>
  value === undefined || Number.isNaN(value) ? none : [{ of: 'demand', value, unit: 'per-second' }];

const time = (value: number): Measure => ({ of: 'time', value, unit: 'time' });

/** How far it lets the size go; nothing where it lets it go anywhere. */
const letThrough = (step: LimitStep, ground: Ground, up: boolean): readonly Measure[] => {
  const found = intervalOn(step, ground);
  const from = ground.o.replicas.desired;
  if (found === undefined) return none;
  const farthest = up ? Math.max(found.high, from) : Math.max(0, Math.min(found.low, from));
  return Number.isFinite(farthest) && farthest < mostReplicas && farthest > 0
    ? replicas('let through', farthest)
    : none;
};

/** What a limit sees at present; nothing where there is nothing that it could go by. */
const presentOf: Readonly<Record<LimitStep, (ground: Ground, up: boolean) => readonly Measure[]>> = {
  bounds: ({ spec }, up) =>
    up ? replicas('maxReplicas', spec.maxReplicas) : replicas('minReplicas', spec.minReplicas),
  schedule: ({ o: { schedule } }, up) =>
    up
      ? replicas('schedule maxReplicas', schedule?.maxReplicas, schedule?.name)
      : replicas('schedule minReplicas', schedule?.minReplicas, schedule?.name),
  floor: ({ o: { floor } }) => replicas('floor', floor?.replicas, floor?.name),
  'missing-data': ({ o, spec }) => {
    const bad = o.samples.filter(({ state }) => state !== 'ok');
    const ages = o.samples
      .filter(({ metric }) => metric === 'requests')
      .flatMap(({ ageSeconds }) => seconds('metric age', ageSeconds, 'requests'));
    const metrics = bad.map(
      ({ metric, state }): Measure => ({ of: 'metrics', value: state, unit: 'state', name: metric }),
    );
    const known: readonly Measure[] =
      doubt(o, spec) === 'missing' ? [{ of: 'demand', value: 'unknown', unit: 'state' }] : rate(o.demand);
    return [...known, ...ages.slice(0, 1), ...metrics];
  },
  rollout: ({ o }) => [{ of: 'rollout', value: o.rollout ? 'under way' : 'none', unit: 'state' }],
  unschedulable: ({ o: { unschedulable } }) =>
    unschedulable === undefined ? none : [{ of: 'pods without a node', value: unschedulable, unit: 'count' }],
  budget: ({ spec: { budget } }) =>
    budget === undefined
      ? none
      : [{ of: 'hourly budget', value: budget.hourly, unit: 'money', name: budget.currency }],
  canary: (ground, up) => {
    const { canaryRatio, demand } = ground.o;
    return canaryRatio === undefined
      ? none
      : [
          { of: 'canary ratio', value: canaryRatio, unit: 'ratio' },
          ...rate(demand),
          ...letThrough('canary', ground, up),
        ];
  },
  'flap-budget': ({ o, spec, past }) => {
    const allowed = spec.guards?.flapBudget;
    return allowed === undefined
      ? none
      : [{ of: 'turns', value: turnsWithin(past, o.atSeconds, allowed), unit: 'count' }];
  },
  stabilization: (ground, up) => letThrough('stabilization', ground, up),
  rate: (ground, up) => letThrough('rate', ground, up),
  cooldown: ({ o: { replicas: n }, spec: { cooldownSeconds } }) =>
    cooldownSeconds === undefined
      ? none
      : [
          ...(n.lastScaledAt === undefined
            ? none
            : [{ ...time(n.lastScaledAt), of: 'last scaled' as const }]),
          ...seconds('cooldown', cooldownSeconds),
        ],
  pause: ({ pauses }, up) =>
    pauses
      .filter(({ direction }) => direction === 'both' || direction === (up ? 'up' : 'down'))
      .map(({ direction, by }) => ({ of: 'pause', value: direction, unit: 'state', name: by })),
  holder: ({ o: { holder } }) =>
    holder === undefined
      ? none
      : [{ of: 'writer', value: holder.reason, unit: 'state', name: holder.writer }],
};

export const limitPresent = (step: LimitStep, ground: Ground, up: boolean): readonly Measure[] =>
  presentOf[step](ground, up);
