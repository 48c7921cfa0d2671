import { SpanStatusCode } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stage } from '#core/model';
import type { DecisionRecord } from '#ports';
import { spansOf } from '#telemetry/spans';
import { cycleId, decision, observation, record, reward, sample, startAt, target } from '#test/make';

const scope = {
  resource: resourceFromAttributes({}),
  instrumentationScope: { name: 'nimbusguard', version: '0' },
};
const traced = (overrides: Partial<DecisionRecord> = {}) => spansOf(record({ stages, ...overrides }), scope);
const named = (spans: readonly ReadableSpan[], name: string): ReadableSpan =>
  spans.find((s) => s.name === name)!;
const parentOf = (spans: readonly ReadableSpan[], name: string): string | undefined =>
  spans.find((s) => s.spanContext().spanId === named(spans, name).parentSpanContext?.spanId)?.name;

const stages: readonly Stage[] = [
  { name: 'observe', startedAt: startAt, seconds: 0.25 },
  { name: 'decide', startedAt: startAt + 0.25, seconds: 0.125 },
  { name: 'execute', startedAt: startAt + 0.375, seconds: 0.5 },
  { name: 'reward', startedAt: startAt + 0.875, seconds: 0.0625 },
];
const credited = {
  decisionId: cycleId(startAt - 45),
  traceId: 'c'.repeat(32),
  spanId: 'd'.repeat(16),
  reward: reward(),
};

test('a cycle is one trace: its stages in order, the limits inside the decider', () => {
  const spans = traced({ reward: credited });

  expect(spans.map((s) => s.name)).toEqual([
    'decision.cycle',
    'observe',
    'decide',
    'execute',
    'reward',
    'limits',
  ]);
  expect(['observe', 'decide', 'execute', 'reward'].map((name) => parentOf(spans, name))).toEqual(
    Array(4).fill('decision.cycle'),
  );
  expect(parentOf(spans, 'limits')).toBe('decide');
});

test('the root bears the ids of the record', () => {
  const { traceId, spanId } = record();

  const [root, ...others] = traced();

  expect(root?.spanContext()).toMatchObject({ traceId, spanId });
  expect(root?.parentSpanContext).toBeUndefined();
  expect(others.every((s) => s.spanContext().traceId === traceId)).toBe(true);
});

test('a span lasts as long as its stage, the root from the first to the last', () => {
  const spans = traced({ reward: credited });

  expect(named(spans, 'decide')).toMatchObject({
    startTime: [startAt, 250_000_000],
    duration: [0, 125_000_000],
  });
  // .25 + .125 + .5 + .0625
  expect(named(spans, 'decision.cycle')).toMatchObject({
    startTime: [startAt, 0],
    duration: [0, 937_500_000],
  });
});

test('limits that were timed have their own interval', () => {
  const limits = { name: 'limits', startedAt: startAt + 0.3125, seconds: 0.0625 };

  const spans = traced({ stages: [...stages, limits] });

  expect(parentOf(spans, 'limits')).toBe('decide');
  expect(named(spans, 'limits')).toMatchObject({ duration: [0, 62_500_000] });
});

test('a query of the observer stands below it and bears its sample', () => {
  const query = { name: 'observe/cpu', startedAt: startAt, seconds: 0.125 };

  const spans = traced({ stages: [...stages, query] });

  expect(parentOf(spans, 'observe/cpu')).toBe('observe');
  expect(named(spans, 'observe/cpu').events[0]?.attributes).toMatchObject({ 'nimbusguard.metric': 'cpu' });
  expect(named(spans, 'observe').events).toHaveLength(1);
});

test('a sample without a number says why and has no value', () => {
  const missing = sample({
    value: undefined,
    state: 'error',
    detail: 'HTTP 503, authorization: Bearer abcdef',
  });

  const [event] = named(traced({ observation: observation({ samples: [missing] }) }), 'observe').events;

  expect(event?.attributes).toMatchObject({ 'nimbusguard.metric.state': 'error' });
  expect(event?.attributes).not.toHaveProperty('nimbusguard.metric.value');
  expect(event?.attributes?.['nimbusguard.metric.detail']).toBe('HTTP 503, authorization: Bearer [redacted]');
});

test('the look bears what bore on the size besides metrics, without secrets and line ends', () => {
  const holder = { writer: 'token=abcdef\nx', reason: 'ForeignWriter', untilSeconds: startAt + 600 } as const;
  const circumstances = {
    unschedulable: 2,
    holder,
    floor: { replicas: 2, name: 'web-pdb' },
    schedule: { name: 'day', minReplicas: 3 },
    approved: { decisionId: cycleId(), to: 6, by: 'ann' },
    canaryRatio: 0.2,
  };

  const { attributes } = named(traced({ observation: observation(circumstances) }), 'observe');

  expect(attributes).toMatchObject({
    'nimbusguard.unschedulable': 2,
    'nimbusguard.holder.writer': 'token=[redacted] x',
    'nimbusguard.holder.reason': 'ForeignWriter',
    'nimbusguard.holder.until': startAt + 600,
    'nimbusguard.floor.replicas': 2,
    'nimbusguard.schedule.name': 'day',
    'nimbusguard.schedule.min_replicas': 3,
    'nimbusguard.approved.by': 'ann',
    'nimbusguard.canary.ratio': 0.2,
  });
  expect(attributes).not.toHaveProperty('nimbusguard.schedule.max_replicas');
  expect(named(traced(), 'observe').attributes).not.toHaveProperty('nimbusguard.holder.writer');
});

test('the span of a reward links to the decision that it scores', () => {
  const span = named(traced({ reward: credited }), 'reward');

  expect(span.links).toEqual([
    {
      context: { traceId: credited.traceId, spanId: credited.spanId, traceFlags: 1, isRemote: true },
      attributes: { 'nimbusguard.decision.id': credited.decisionId },
    },
  ]);
  expect(span.attributes).toMatchObject({
    'nimbusguard.reward.total': -1.05,
    'nimbusguard.reward.slo': -0.15,
  });
});

test('a cycle without a reward has no span of it', () => {
  expect(traced().map((s) => s.name)).not.toContain('reward');
});

test('each limit that bound is an event', () => {
  const limits = [
    { step: 'rate', from: 12, to: 8, reason: 'ScaleUpLimit' },
    { step: 'bounds', from: 8, to: 6, reason: 'TooManyReplicas' },
  ];

  const { events } = named(traced({ decision: decision({ to: 6, limits }) }), 'limits');

  expect(events.map((e) => e.attributes?.['nimbusguard.limit.reason'])).toEqual([
    'ScaleUpLimit',
    'TooManyReplicas',
  ]);
});

test('the root says which workload, from where to where, why and by whom', () => {
  const [root] = traced({ decision: decision({ to: 6 }), tableVersion: 7 });

  expect(root?.attributes).toMatchObject({
    'k8s.cluster.name': 'home',
    'k8s.namespace.name': 'default',
    'k8s.deployment.name': 'web',
    'nimbusguard.from': 4,
    'nimbusguard.to': 6,
    'nimbusguard.reason': 'BelowLowLine',
    'nimbusguard.expert': 'nets-shipped',
    'nimbusguard.state': 'volatility=1 trend=0 season=0 age=0',
    'nimbusguard.table.version': 7,
  });
});

test.each([
  ['StatefulSet', 'k8s.statefulset.name'],
  ['Rollout', 'nimbusguard.target.name'],
])('a %s is named by %s', (kind, attribute) => {
  const [root] = traced({ target: { ...target(), kind } });

  expect(root?.attributes[attribute]).toBe('web');
  expect(root?.attributes).not.toHaveProperty('k8s.deployment.name');
});

test('a cycle that failed is an error, without the secrets of its message', () => {
  const spans = traced({ outcome: 'failed', error: '[scaler] http://ng:geheim@api refused' });

  const status = { code: SpanStatusCode.ERROR, message: '[scaler] http://ng:[redacted]@api refused' };
  expect(named(spans, 'decision.cycle').status).toEqual(status);
  expect(named(spans, 'execute').status).toEqual(status);
  expect(named(spans, 'observe').status.code).toBe(SpanStatusCode.UNSET);
});

test('a cycle that was not timed is one span that bears all', () => {
  const spans = traced({ stages: undefined, reward: credited });

  expect(spans).toHaveLength(1);
  expect(spans[0]?.links).toHaveLength(1);
  expect(spans[0]?.attributes).toMatchObject({ 'nimbusguard.to': 4, 'nimbusguard.reward.total': -1.05 });
});

test('every trace is a tree of spans with ids of their own, each inside the root', () => {
  const stage = fc.record({
    name: fc.constantFrom(
      'observe',
      'observe/cpu',
      'observe/cpu/retry',
      'decide',
      'limits',
      'execute',
      'odd',
    ),
    startedAt: fc.double({ min: startAt, max: startAt + 10, noNaN: true }),
    seconds: fc.double({ min: 0, max: 10, noNaN: true }),
  });
  const spanId = fc.constantFrom('b7ad6b7169203331', 'b7ad6b71ffffffff', '00000000fffffffe');
  fc.assert(
    fc.property(fc.array(stage), spanId, (stages, spanId) => {
      const [root, ...below] = traced({ stages, spanId });

      const ids = new Set([root!, ...below].map((s) => s.spanContext().spanId));
      expect(ids.size).toBe(below.length + 1);
      for (const s of below) expect(ids.has(s.parentSpanContext!.spanId)).toBe(true);
      for (const s of below)
        expect(nanoseconds(s.startTime)).toBeGreaterThanOrEqual(nanoseconds(root!.startTime));
      for (const s of below) expect(nanoseconds(s.endTime)).toBeLessThanOrEqual(nanoseconds(root!.endTime));
    }),
  );
});

const nanoseconds = ([seconds, rest]: readonly [number, number]): bigint =>
  BigInt(seconds) * 1_000_000_000n + BigInt(rest);
