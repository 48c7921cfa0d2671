import fc from 'fast-check';
import { type Circumstances, type Holder, holderReasons } from '#core/circumstances';
import { modes, type Observation, type Past, type Spec } from '#core/model';
import { observation, replicas, sample, spec, startAt } from '#test/make';

/** All that limits look at, of every kind. */
export const anySpec: fc.Arbitrary<Spec> = fc
  .record({
    minReplicas: fc.integer({ min: 0, max: 10 }),
    more: fc.integer({ min: 0, max: 60 }),
    budget: fc.option(fc.double({ min: 0.1, max: 10, noNaN: true }), { nil: undefined }),
    behavior: fc.constantFrom<Spec['behavior']>(
      undefined,
      {},
      { scaleDown: { selectPolicy: 'Disabled' } },
      {
        scaleUp: {
          stabilizationWindowSeconds: 120,
          policies: [{ type: 'Pods', value: 2, periodSeconds: 60 }],
        },
        scaleDown: { policies: [{ type: 'Percent', value: 10, periodSeconds: 30 }] },
      },
    ),
    cooldownSeconds: fc.constantFrom(undefined, 60),
    guards: fc.constantFrom<Spec['guards']>(
      undefined,
      { rollout: 'Hold', unschedulable: 'Ignore' },
      { flapBudget: { reversals: 1, windowSeconds: 600 } },
    ),
    onMetricLoss: fc.constantFrom<Spec['onMetricLoss']>(
      undefined,
      { action: 'Hold' },
      { action: 'HpaRule', afterSeconds: 60 },
    ),
  })
  .map(({ minReplicas, more, budget, ...rest }) =>
    spec({
      minReplicas,
      maxReplicas: minReplicas + more,
      budget: budget === undefined ? undefined : { hourly: budget, perReplicaHour: 0.1, currency: 'EUR' },
      ...rest,
    }),
  );

const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

export const anyHolder: fc.Arbitrary<Holder> = fc.record({
  writer: fc.constant('kubectl'),
  reason: fc.constantFrom(...holderReasons),
  untilSeconds: fc.constantFrom(undefined, startAt - 1, startAt + 1),
});

export const anyCircumstances: fc.Arbitrary<Circumstances> = fc.record({
  unschedulable: sometimes(fc.nat(2)),
  holder: sometimes(anyHolder),
  floor: sometimes(fc.record({ replicas: fc.nat(90), name: fc.constant('web') })),
  schedule: sometimes(
    fc.record({
      name: fc.constant('day'),
      minReplicas: sometimes(fc.nat(90)),
      maxReplicas: sometimes(fc.nat(90)),
    }),
  ),
  approved: sometimes(fc.record({ decisionId: fc.constant('a'), to: fc.nat(90), by: fc.constant('ann') })),
  canaryRatio: sometimes(fc.double({ min: 0.01, max: 1, noNaN: true })),
});

export const plainObservation: fc.Arbitrary<Observation> = fc
  .record({
    desired: fc.nat(90),
    demand: fc.constantFrom(undefined, 0, 100, Number.NaN),
    state: fc.constantFrom('ok', 'empty', 'stale', 'error' as const),
    ageSeconds: fc.constantFrom(1, 100),
    rollout: fc.boolean(),
    lastScaledAt: fc.constantFrom(undefined, startAt - 100, startAt - 10),
  })
  .map(({ desired, demand, state, ageSeconds, rollout, lastScaledAt }) =>
    observation({
      replicas: replicas({ desired, ready: desired, lastScaledAt }),
      demand,
      rollout,
      samples: [
        sample({ ageSeconds }),
        sample({ metric: 'cpu', state, value: state === 'ok' ? 0.5 : undefined }),
      ],
    }),
  );

export const anyObservation: fc.Arbitrary<Observation> = fc
  .tuple(plainObservation, fc.oneof(fc.constant({}), anyCircumstances))
  .map(([o, circumstances]) => ({ ...o, ...circumstances }));

export const anyPast: fc.Arbitrary<Past> = fc.record({
  recommendations: fc.array(
    fc.record({ atSeconds: fc.integer({ min: startAt - 400, max: startAt }), replicas: fc.nat(90) }),
  ),
  scalings: fc.array(
    fc.record({
      atSeconds: fc.integer({ min: startAt - 60, max: startAt }),
      change: fc.integer({ min: -9, max: 9 }),
    }),
  ),
  misses: fc.nat(5),
  missedSince: fc.constantFrom(undefined, startAt - 100, startAt - 10),
  risenAt: fc.constantFrom(undefined, startAt - 20),
  turnedAt: fc.constantFrom(undefined, [startAt - 700], [startAt - 500, startAt - 30]),
});
export const anyMode = fc.constantFrom(...modes);

export const anyPauses = fc.array(
  fc.record({
    untilSeconds: fc.integer({ min: startAt - 10, max: startAt + 10 }),
    direction: fc.constantFrom('up', 'down', 'both' as const),
    reason: fc.constant('release'),
    by: fc.constant('ops'),
  }),
  { maxLength: 2 },
);
