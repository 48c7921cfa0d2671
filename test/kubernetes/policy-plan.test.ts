import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultInWords } from '#kubernetes/fault';
import { withOwnBehavior } from '#kubernetes/planned-policy';
import { type Plan, planKey, planOf } from '#kubernetes/policy-plan';
import type { PolicyMetric, PolicySpec } from '#kubernetes/scaling-policy';
import { policies, policyNames } from '#policies/registry';
import { given, policySpec, requests, scalingPolicy } from './a-policy.ts';

const planned = (overrides: Partial<PolicySpec> = {}, generation = 1): Plan => {
  const { plan, faults } = planOf(scalingPolicy(overrides, generation), given());
  if (plan === undefined) throw new Error(faults.map(faultInWords).join('\n'));
  return plan;
};

const faultsOf = (
  overrides: Partial<PolicySpec>,
  more: Parameters<typeof given>[0] = {},
): readonly string[] => (planOf(scalingPolicy(overrides), given(more)).faults ?? []).map(faultInWords);

const prometheus = (overrides: Partial<NonNullable<PolicyMetric['prometheus']>>): PolicyMetric => ({
  ...requests,
  prometheus: { ...requests.prometheus!, ...overrides },
});

const learning = (overrides: Partial<PolicySpec['learning']>): Pick<PolicySpec, 'learning'> => ({
  learning: { ...policySpec().learning, ...overrides },
});

describe('the plan of a policy', () => {
  it("says in the project's own words what ten lines mean", () => {
    expect(planned()).toEqual({
      target: { namespace: 'default', kind: 'Deployment', name: 'web' },
      apiVersion: 'apps/v1',
      object: { name: 'web', uid: 'a-uid', generation: 1 },
      mode: 'Shadow',
      spec: {
        minReplicas: 1,
        maxReplicas: 20,
        intervalSeconds: 15,
        capacityPerReplica: 50,
        startUpSeconds: 45,
        sloSeconds: 0.25,
        latePrice: 0.0001,
        switchPrice: 0.003,
        metricAgeSeconds: 15,
        guards: { rollout: 'Hold', unschedulable: 'Hold' },
        onMetricLoss: { action: 'HpaRule' },
      },
      policy: { name: 'shadow-q', settings: {} },
      metrics: [
        {
          source: 'prometheus',
          name: 'requests',
          server: 'default',
          query: 'sum(rate(http_requests_total{namespace="default",app="web"}[1m]))',
          counter: false,
        },
      ],
      schedules: [],
      manualHoldSeconds: 600,
      approvalSeconds: 900,
      canary: { ratio: 0.2, widenEverySeconds: 3600 },
      promotion: 'Manual',
      actuator: 'scale',
      pauses: [],
    });
  });

  it('leaves a query with labels as it is, so that policies with the same text share it', () => {
    const query = 'sum by (ns, app) (rate(http_requests_total[1m]))';
    const { metrics } = planned({
      metrics: [prometheus({ query, labels: { namespace: 'ns', name: 'app' } })],
    });
    expect(metrics).toMatchObject([{ query, labels: { namespace: 'ns', name: 'app' } }]);
  });

  it('takes the age of demand from where it is read', () => {
    const cpu: PolicyMetric = { name: 'cpu', type: 'MetricsServer' };
    const pods: PolicyMetric = {
      name: 'requests',
      type: 'Pods',
      pods: { port: 80, path: '/metrics', metric: 'http_requests_total' },
    };
    const age = (...metrics: readonly PolicyMetric[]): number => planned({ metrics }).spec.metricAgeSeconds;
    expect(age(prometheus({ server: 'fast' }), cpu)).toBe(5);
    expect(age(pods, cpu)).toBe(2);
    expect(age(cpu)).toBe(15);
  });

  it('lets the HPA rule of shadow-q decide when there is to be no forecast', () => {
    expect(planned({ forecast: { enabled: false } }).policy.settings).toEqual({ pinned: 'hpa-rule' });
    const pinned = learning({ settings: { pinned: 'kpa-rule' } });
    expect(planned({ ...pinned, forecast: { enabled: false } }).policy.settings).toEqual({
      pinned: 'kpa-rule',
    });
    const other = { forecast: { enabled: false }, ...learning({ policy: 'kpa' }) };
    expect(planned(other).policy).toEqual({ name: 'kpa', settings: {} });
  });

  it('tells a policy that is not to learn', () => {
    expect(planned(learning({ enabled: false })).policy.settings).toEqual({ learning: false });
  });

  it('hands behavior to those policies that apply it themselves', () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
    const plan = planned({ behavior, ...learning({ policy: 'hpa' }) });
    expect(plan.policy.settings).toEqual({ behavior });
    expect(plan.spec).not.toHaveProperty('behavior');
    const own = policyNames().filter((name) => 'behavior' in policies[name]!.settings);
    expect(own.toSorted()).toEqual([...withOwnBehavior].toSorted());
  });

  it('takes over budget, behavior, cooldown and pause', () => {
    const plan = planned({
      guards: {
        rollout: 'Ignore',
        unschedulable: 'Hold',
        budget: { hourly: 2, perReplicaHour: 0.1, currency: 'EUR' },
        flapBudget: { reversals: 3, windowSeconds: 600 },
      },
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
      cooldownSeconds: 30,
      pause: { until: '2026-01-05T00:10:00Z', direction: 'Down', reason: 'migration' },
    });
    expect(plan.spec).toMatchObject({
      budget: { hourly: 2, perReplicaHour: 0.1, currency: 'EUR' },
      guards: { rollout: 'Ignore', unschedulable: 'Hold', flapBudget: { reversals: 3, windowSeconds: 600 } },
      behavior: { scaleDown: { stabilizationWindowSeconds: 60 } },
      cooldownSeconds: 30,
    });
    expect(plan.pauses).toEqual([
      { untilSeconds: 1_767_571_800, direction: 'down', reason: 'migration', by: 'ScalingPolicy web' },
    ]);
  });
});

describe('faults of a policy', () => {
  it('are told all at once, each with place, value and mend', () => {
    const faults = faultsOf({
      metrics: [prometheus({ server: 'nowhere' })],
      forecast: { enabled: false },
      ...learning({ settings: { pinned: 'nets-shipped', pace: 3, lateness: { given: true } } }),
    });
    expect(faults).toEqual([
      'spec.metrics[0].prometheus.server: "nowhere" is no server of the operator\'s configuration; give one of default, fast, or ask who runs NimbusGuard to configure it',
      'spec.learning.settings.lateness: {"given":true} is no plain value; give a number, a text, true or false',
      'spec.learning.settings.pinned: "nets-shipped" looks ahead, and spec.forecast.enabled is false; leave it out, or give hpa-rule or kpa-rule',
      expect.stringMatching(/^spec\.learning\.settings\.pace: is not a setting of this policy; learning, /),
    ]);
  });

  it.each<readonly [string, Partial<PolicySpec>, RegExp]>([
    [
      'an unknown policy',
      learning({ policy: 'magic' }),
      /^spec\.learning\.policy: is "magic"; give one of shadow-q, /,
    ],
    [
      'an interval beside the grid',
      { intervalSeconds: 17 },
      /^spec\.intervalSeconds: is 17; shadow-q needs a multiple of 5$/,
    ],
    [
      'a policy that cannot be told not to learn',
      learning({ policy: 'q-learning', enabled: false }),
      /^spec\.learning\.enabled: false cannot be: the policy q-learning has no such switch; /,
    ],
    [
      'learning that is on and off',
      learning({ enabled: false, settings: { learning: true } }),
      /^spec\.learning\.settings\.learning: true is against spec\.learning\.enabled/,
    ],
  ])('name the place: %s', (_, overrides, words) => {
    expect(faultsOf(overrides)).toEqual([expect.stringMatching(words)]);
  });

  it('name the operator where its own metrics are at fault, or there are none', () => {
    expect(faultsOf({}, { presetMetrics: [] })).toEqual([
      'spec.metrics: [] is empty, and the operator has no metrics of its own; name at least requests, or ask who runs NimbusGuard for a preset',
    ]);
    expect(faultsOf({}, { servers: {} })).toEqual([
      expect.stringMatching(/^the operator's metrics\[0\]\.prometheus\.server: "default" is no server/),
    ]);
  });

  it('of schedules come from whoever reads clocks', () => {
    const fault = { path: 'spec.schedules[0].start', value: '"x"', problem: 'is no time', mend: 'give one' };
    expect(faultsOf({}, { scheduleFaults: () => [fault] })).toEqual([faultInWords(fault)]);
  });
});

describe('the key of a plan', () => {
  const change = fc.constantFrom<Partial<PolicySpec>>(
    { mode: 'Auto' },
    { maxReplicas: 21 },
    { intervalSeconds: 30 },
    { cooldownSeconds: 60 },
    { manualHoldSeconds: 0 },
    { promotion: 'Automatic' },
    { actuator: 'hpaBounds' },
    { approval: { timeoutSeconds: 60 } },
    { canary: { ratio: 0.3, widenEverySeconds: 3600 } },
    { metrics: [prometheus({ server: 'fast' })] },
    { schedules: [{ name: 'n', timeZone: 'Etc/UTC', start: '0 1 * * *', end: '0 2 * * *', minReplicas: 2 }] },
    learning({ settings: { capacity: 'given' } }),
    { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'api' } },
  );

  it('is another for every change but that of a pause', () => {
    const pause = fc.constantFrom<PolicySpec['pause'][]>([
      { until: '2026-01-05T00:10:00Z', direction: 'Up', reason: 'x' },
    ]);
    fc.assert(
      fc.property(change, fc.integer({ min: 1, max: 9 }), pause, (overrides, generation, [paused]) => {
        const key = planKey(planned());
        expect(planKey(planned(overrides, generation))).not.toBe(key);
        expect(planKey(planned({ pause: paused! }, generation))).toBe(key);
      }),
    );
  });

  it('does not hang on the order in which keys were written', () => {
    const a = planned(learning({ settings: { capacity: 'given', lateness: 'given' } }));
    const b = planned(learning({ settings: { lateness: 'given', capacity: 'given' } }));
    expect(planKey(a)).toBe(planKey(b));
  });
});
