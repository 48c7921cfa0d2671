import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holderReasons } from '#core/circumstances';
import { modes } from '#core/model';
import { conditionsOf } from '#kubernetes/conditions';
import type { PolicyFacts, TargetFound } from '#kubernetes/policy-facts';
import { statusOf, telling } from '#kubernetes/policy-status';
import {
  type Condition,
  type ConditionType,
  conditionTypes,
  type PolicyStatus,
} from '#kubernetes/scaling-policy';
import { decision, observation, record, replicas, sample, spec, startAt } from '#test/make';
import { facts } from './a-policy.ts';

const found = (given: PolicyFacts, type: ConditionType, nowSeconds = startAt): Condition =>
  conditionsOf(given, undefined, nowSeconds).find((one) => one.type === type)!;

const calm = record({ atSeconds: startAt });
const scaled = (to: number, n = 1) =>
  record({ id: `scaled-${n}`, atSeconds: startAt, decision: decision({ to }), outcome: 'scaled' });

const states: readonly TargetFound['state'][] = [
  'not-yet-looked',
  'found',
  'not-found',
  'unknown-kind',
  'without-scale',
  'ambiguous-selector',
  'taken',
  'forbidden',
  'failed',
];

const lost = observation({
  demand: undefined,
  samples: [sample({ value: undefined, state: 'error', detail: 'HTTP 503' })],
});

const anyFacts: fc.Arbitrary<PolicyFacts> = fc
  .record({
    state: fc.constantFrom(...states),
    mode: fc.constantFrom(...modes),
    record: fc.constantFrom(undefined, calm, scaled(6), record({ observation: lost })),
    holder: fc.option(fc.constantFrom(...holderReasons), { nil: undefined }),
    pausedFor: fc.integer({ min: -100, max: 100 }),
    faults: fc.constantFrom([], [{ path: 'spec.metrics', problem: 'is wrong', mend: 'x'.repeat(5000) }]),
    generation: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ state, mode, holder, pausedFor, ...rest }) =>
    facts({
      ...rest,
      target: { state },
      mode,
      ...(holder !== undefined && { holder: { writer: 'somebody', reason: holder } }),
      pauses: [{ untilSeconds: startAt + pausedFor, direction: 'both', reason: 'r', by: 'me' }],
    }),
  );

describe('conditions', () => {
  it('are always the eight, in one order, each with a reason that the API server takes', () => {
    fc.assert(
      fc.property(anyFacts, (given) => {
        const made = conditionsOf(given, undefined, startAt);
        expect(made.map(({ type }) => type)).toEqual(conditionTypes);
        for (const { reason, message, observedGeneration } of made) {
          expect(reason).toMatch(/^[A-Z][A-Za-z0-9]*$/);
          expect(message.length).toBeGreaterThan(0);
          expect(message.length).toBeLessThanOrEqual(2048);
          expect(observedGeneration).toBe(given.generation);
        }
      }),
    );
  });

  it('keep their time while they stay, and never go back in time', () => {
    const steps = fc.array(fc.tuple(anyFacts, fc.integer({ min: -50, max: 100 })), { maxLength: 12 });
    fc.assert(
      fc.property(steps, (course) => {
        let before: readonly Condition[] | undefined;
        let now = startAt;
        for (const [given, seconds] of course) {
          now += seconds;
          const after = conditionsOf(given, before, now);
          for (const [i, condition] of after.entries()) {
            const last = before?.[i];
            if (last === undefined) continue;
            const moved = Date.parse(condition.lastTransitionTime) - Date.parse(last.lastTransitionTime);
            expect(moved).toBeGreaterThanOrEqual(0);
            if (last.status === condition.status) expect(moved).toBe(0);
          }
          before = after;
        }
      }),
    );
  });

  it('are unknown where nothing was decided', () => {
    const unknown = conditionsOf(facts({ target: { state: 'not-yet-looked' } }), undefined, startAt).filter(
      ({ status }) => status === 'Unknown',
    );
    expect(unknown.map(({ type }) => type)).toEqual([
      ...['Ready', 'Active', 'MetricsAvailable', 'Learning', 'Fallback', 'ScalingLimited', 'Conflict'],
    ]);
  });

  it.each<readonly [TargetFound['state'], string, RegExp]>([
    ['not-found', 'TargetNotFound', /create it, or correct spec\.targetRef/],
    ['unknown-kind', 'UnknownKind', /correct spec\.targetRef\.apiVersion and kind/],
    ['without-scale', 'TargetWithoutScale', /name the object that owns its replicas/],
    ['ambiguous-selector', 'AmbiguousSelector', /\(Deployment api\): give its pods a label of their own/],
    ['taken', 'TargetTaken', /delete one of the two/],
    ['owned', 'TargetOwned', /correct spec\.targetRef to name the owner/],
    ['without-autoscaler', 'NoAutoscaler', /create one, or take the actuator scale/],
    ['forbidden', 'Forbidden', /allow its ServiceAccount to get and update the scale/],
  ])('say that a target is %s, and what mends it', (state, reason, words) => {
    const given = facts({ target: { state, detail: 'Deployment api' } });
    expect(found(given, 'Ready')).toMatchObject({ status: 'False', reason });
    expect(found(given, 'Ready').message).toMatch(words);
    expect(found(given, 'Active')).toMatchObject({ status: 'False', reason });
  });

  it('name all faults of a spec', () => {
    const fault = { problem: 'is wrong', mend: 'mend it' };
    const given = facts({
      faults: [
        { ...fault, path: 'spec.a' },
        { ...fault, path: 'spec.b' },
      ],
    });
    expect(found(given, 'Ready')).toMatchObject({
      reason: 'InvalidSpec',
      message: 'spec.a: is wrong; mend it. spec.b: is wrong; mend it',
    });
  });

  it('say which mode is in force, and that another was asked for', () => {
    const shadow = found(facts({ mode: 'Shadow' }), 'Active');
    expect(shadow).toMatchObject({ status: 'False', reason: 'OnlyShadow' });
    expect(shadow.message).toContain('though spec.mode is Auto');
    expect(found(facts(), 'Active')).toMatchObject({ status: 'True', reason: 'Auto' });
  });

  it('name the metric that is lost, and who decides meanwhile', () => {
    const rule = { state: 'fallback', reason: 'FallbackHeld', expert: 'hpa-rule', values: [] };
    const given = facts({ record: record({ observation: lost, decision: decision(rule) }) });
    expect(found(given, 'MetricsAvailable')).toMatchObject({ status: 'False', reason: 'MissingMetric' });
    expect(found(given, 'MetricsAvailable').message).toContain('requests from simulator is error (HTTP 503)');
    expect(found(given, 'Fallback')).toMatchObject({ status: 'True', reason: 'FallbackHeld' });
  });

  it('say that demand is old without saying how old, so that the text stays while the trouble does', () => {
    const old = (ageSeconds: number) => {
      const detail = `the newest sample is ${ageSeconds} s old, more than 15 s`;
      const samples = [sample({ state: 'stale', ageSeconds, detail })];
      return facts({ record: record({ observation: observation({ demand: undefined, samples }) }) });
    };
    expect(found(old(20), 'MetricsAvailable')).toMatchObject({ status: 'False', reason: 'StaleMetric' });
    expect(found(old(25), 'MetricsAvailable')).toEqual(found(old(20), 'MetricsAvailable'));
    expect(found(old(20), 'Fallback')).toMatchObject({ status: 'False', reason: 'SizeHeld' });
  });

  it('say that demand cannot be less than zero', () => {
    const negative = observation({ demand: -5, samples: [sample({ value: -5 })] });
    const given = facts({ record: record({ observation: negative }) });
    expect(found(given, 'MetricsAvailable').message).toContain('requests from simulator is less than zero');
  });

  it('say what limits a policy without experts, too', () => {
    const held = record({
      observation: observation({ rollout: true }),
      decision: decision({
        expert: undefined,
        values: [
          { option: 'static', replicas: 2, value: 0 },
          { option: 'hold', replicas: 4, value: -1 },
        ],
      }),
    });
    expect(found(facts({ record: held }), 'ScalingLimited')).toMatchObject({
      status: 'True',
      reason: 'RolloutInProgress',
    });
  });

  it('say that a policy at its greatest size wanted more, though it chose among what is legal', () => {
    const atMost = record({
      spec: spec({ maxReplicas: 4 }),
      decision: decision({ values: [{ option: 'nets-shipped', replicas: 7, value: -1 }] }),
    });
    expect(found(facts({ record: atMost }), 'ScalingLimited')).toMatchObject({
      status: 'True',
      reason: 'TooManyReplicas',
    });
    expect(found(facts({ record: calm }), 'ScalingLimited')).toMatchObject({
      status: 'False',
      reason: 'DesiredWithinRange',
    });
  });

  it('let a pause end by itself', () => {
    const pause = { untilSeconds: startAt + 60, direction: 'down', reason: 'migration', by: 'ana' } as const;
    const given = facts({ pauses: [pause] });
    expect(found(given, 'Paused')).toMatchObject({
      status: 'True',
      reason: 'PausedDown',
      message: 'nothing is lowered until 2026-01-05T00:01:00Z: migration (ana)',
    });
    expect(found(given, 'Paused', startAt + 60)).toMatchObject({ status: 'False', reason: 'NotPaused' });
  });

  it('name the other writer and the way out', () => {
    const holder = { writer: 'argocd-controller', reason: 'GitOps' } as const;
    const given = facts({ holder });
    expect(found(given, 'Conflict').message).toBe(
      'argocd-controller writes the replicas of default/Deployment/web: take replicas out of the manifest, or have it ignore /spec/replicas',
    );
    expect(found(given, 'Active')).toMatchObject({ status: 'False', reason: 'GitOps' });
  });
});

describe('a status', () => {
  const made = (given: Partial<PolicyFacts>, before?: PolicyStatus, nowSeconds = startAt): PolicyStatus =>
    statusOf(facts(given), before, nowSeconds);

  it('has sizes, the last decision and when it was', () => {
    const status = made({ record: scaled(6) });
    expect(status).toMatchObject({
      observedGeneration: 1,
      mode: 'Auto',
      currentReplicas: 4,
      desiredReplicas: 6,
      readyReplicas: 4,
      lastDecision: { id: 'scaled-1', from: 4, to: 6, outcome: 'scaled', reason: 'BelowLowLine' },
      lastScaleAt: '2026-01-05T00:00:00Z',
      owner: 'nimbusguard-0',
    });
    expect(status).not.toHaveProperty('proposal');
  });

  it('is not written for a hold, however often', () => {
    const first = made({ record: calm });
    let before = first;
    for (let i = 1; i < 20; i++) {
      const held = record({
        id: `held-${i}`,
        atSeconds: startAt + 15 * i,
        tableVersion: i,
        learning: { rounds: i, regret: i / 7 },
        observation: observation({
          demand: 150 + i,
          samples: [sample({ value: 150 + i, ageSeconds: i / 4 })],
        }),
      });
      const next = made({ record: held }, before, startAt + 15 * i);
      expect(telling(next)).toBe(telling(first));
      before = next;
    }
  });

  it('does not hang on the order of keys in which the API server hands it out', () => {
    const holder = { writer: 'kubectl', reason: 'ManualScaling', untilSeconds: startAt } as const;
    const status = made({ record: calm, holder });
    const { until, reason, writer } = status.holder!;
    const reordered = { ...status, holder: { until: until!, reason, writer } };
    expect(telling(status)).toBe(telling(reordered));
  });

  it.each<readonly [string, Partial<PolicyFacts>]>([
    ['a size', { record: scaled(6) }],
    [
      'a replica that got ready',
      { record: record({ observation: observation({ replicas: replicas({ ready: 3 }) }) }) },
    ],
    ['metrics that are lost', { record: record({ observation: lost }) }],
    ['another mode', { record: calm, mode: 'Shadow' }],
    ['another generation', { record: calm, generation: 2 }],
    ['another owner', { record: calm, owner: 'nimbusguard-1' }],
    ['another writer', { record: calm, holder: { writer: 'keda', reason: 'ScaledObject' } }],
    ['a target that is gone', { record: calm, target: { state: 'not-found' } }],
    [
      'another reason of a pause',
      { record: calm, pauses: [{ untilSeconds: startAt + 9, direction: 'up', reason: 'x', by: 'me' }] },
    ],
  ])('is written for %s', (_, given) => {
    const before = made({ record: calm });
    expect(telling(made(given, before))).not.toBe(telling(before));
  });

  it('tells the first decision, though it holds, and no further hold', () => {
    const hold = (n: number) => facts({ record: record({ id: `hold-${n}`, outcome: 'held' }) });
    const first = statusOf(hold(1), undefined, startAt);
    const second = statusOf(hold(2), first, startAt + 15);
    expect([first, second].map(({ lastDecision }) => lastDecision?.id)).toEqual(['hold-1', 'hold-1']);
    expect(telling(second)).toBe(telling(first));
  });

  it('tells once what Shadow would do again and again', () => {
    const wish = (n: number) =>
      facts({
        mode: 'Shadow',
        record: record({ id: `wish-${n}`, decision: decision({ to: 6 }), outcome: 'shadowed' }),
      });
    const first = statusOf(wish(1), undefined, startAt);
    const second = statusOf(wish(2), first, startAt + 15);
    expect(second.lastDecision?.id).toBe('wish-1');
    expect(telling(second)).toBe(telling(first));
  });

  it('tells a failure, and one with other words again', () => {
    const failed = (n: number, error: string) =>
      facts({ record: record({ id: `f-${n}`, decision: decision({ to: 6 }), outcome: 'failed', error }) });
    const first = statusOf(failed(1, 'forbidden'), undefined, startAt);
    const same = statusOf(failed(2, 'forbidden'), first, startAt);
    const other = statusOf(failed(3, 'conflict'), same, startAt);
    expect([first, same, other].map(({ lastDecision }) => lastDecision?.id)).toEqual(['f-1', 'f-1', 'f-3']);
  });

  it('keeps what it knew until the first decision after a restart', () => {
    const before = made({ record: scaled(6) });
    const restarted = made({}, before, startAt + 60);
    expect(restarted).toMatchObject({
      currentReplicas: 4,
      desiredReplicas: 6,
      lastDecision: before.lastDecision,
      lastScaleAt: before.lastScaleAt,
    });
  });
});
