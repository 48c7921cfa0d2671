import { rulebook } from '#core/behavior';
import { doubt } from '#core/doubt';
import { turnsWithin } from '#core/flaps';
import type { Measure } from '#core/gate';
import type { LimitStep } from '#core/limit-chain';
import type { Ground } from '#core/limit-openings';

const none: readonly Measure[] = [];

const replicas = (of: Measure['of'], value: number | undefined, name?: string): readonly Measure[] =>
  value === undefined ? none : [{ of, value, unit: 'replicas', name }];

const seconds = (of: Measure['of'], value: number | undefined, name?: string): readonly Measure[] =>
  value === undefined ? none : [{ of, value, unit: 'seconds', name }];

const rate = (value: number | undefined): readonly Measure[] =>
  value === undefined || Number.isNaN(value) ? none : [{ of: 'demand', value, unit: 'per-second' }];

const time = (value: number): Measure => ({ of: 'time', value, unit: 'time' });
const now = ({ o }: Ground): Measure => time(o.atSeconds);

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
  canary: ({ o: { canaryRatio, demand } }) =>
    canaryRatio === undefined
      ? none
      : [{ of: 'canary ratio', value: canaryRatio, unit: 'ratio' }, ...rate(demand)],
  'flap-budget': ({ o, spec, past }) => {
    const allowed = spec.guards?.flapBudget;
    return allowed === undefined
      ? none
      : [{ of: 'turns', value: turnsWithin(past, o.atSeconds, allowed), unit: 'count' }];
  },
  stabilization: (ground) => (ground.spec.behavior === undefined ? none : [now(ground)]),
  rate: (ground, up) =>
    ground.spec.behavior === undefined
      ? none
      : [
          now(ground),
          {
            of: 'scaling rules',
            value: rulebook(ground.spec.behavior)[up ? 'up' : 'down'].select,
            unit: 'state',
          },
        ],
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
