import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Call, Particulars } from '#core/calls';
import type { Stage } from '#core/model';
import type { DecisionRecord } from '#ports';
import type { Span } from '#telemetry/readable-span';
import { spansOf } from '#telemetry/spans';
import { cycleId, decision, observation, record, reward, sample, startAt, target } from '#test/make';

const traced = (
  overrides: Partial<DecisionRecord> = {},
  calls: readonly Call[] = [],
  more: Particulars = {},
) => spansOf(record({ stages, ...overrides }), { calls, ...more });
const named = (spans: readonly Span[], name: string): Span => spans.find((s) => s.name === name)!;
const parentOf = (spans: readonly Span[], name: string): string | undefined =>
  spans.find((s) => s.spanId === named(spans, name).parentSpanId)?.name;

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

test('a cycle is one trace: its agents in order, the metrics inside the observer, the limits inside the decider', () => {
  const spans = traced({ reward: credited });

  expect(spans.map((s) => s.name)).toEqual([
    'decision.cycle',
    'observe',
    'decide',
    'execute',
    'reward',
    'limits',
    'observe/requests',
    'observe/cpu',
  ]);
  expect(['observe', 'decide', 'execute', 'reward'].map((name) => parentOf(spans, name))).toEqual(
    Array(4).fill('decision.cycle'),
  );
  expect(parentOf(spans, 'limits')).toBe('decide');
});

test('the root bears the ids of the record', () => {
  const { traceId, spanId } = record();

  const [root, ...others] = traced();

  expect(root).toMatchObject({ traceId, spanId, parentSpanId: undefined });
  expect(others.every((s) => s.traceId === traceId)).toBe(true);
});

test('a span lasts as long as its stage, the root from the first to the last', () => {
  const spans = traced({ reward: credited });

  expect(named(spans, 'decide')).toMatchObject({ startedAt: startAt + 0.25, endedAt: startAt + 0.375 });
  // .25 + .125 + .5 + .0625
  expect(named(spans, 'decision.cycle')).toMatchObject({ startedAt: startAt, endedAt: startAt + 0.9375 });
});

test('limits that were timed have their own interval', () => {
  const limits = { name: 'limits', startedAt: startAt + 0.3125, seconds: 0.0625 };

  const spans = traced({ stages: [...stages, limits] });

  expect(parentOf(spans, 'limits')).toBe('decide');
  expect(named(spans, 'limits')).toMatchObject({ startedAt: startAt + 0.3125, endedAt: startAt + 0.375 });
});

const call = (overrides: Partial<Call> = {}): Call => ({
  name: 'observe/requests/value',
  startedAt: startAt + 0.0625,
  seconds: 0.125,
  method: 'POST',
  url: 'http://prometheus:9090/api/v1/query',
  status: 200,
  query: 'sum(rate(http_requests_total[1m]))',
  ...overrides,
});

test('each metric is a span of the look, as long as its calls, which stand below it', () => {
  const later = call({ name: 'observe/requests/freshness', startedAt: startAt + 0.125 });

  const spans = traced({}, [call(), later]);

  expect(parentOf(spans, 'observe/requests')).toBe('observe');
  expect(named(spans, 'observe/requests')).toMatchObject({
    kind: 'internal',
    startedAt: startAt + 0.0625,
    endedAt: startAt + 0.25,
    attributes: { 'nimbusguard.metric': 'requests', 'nimbusguard.metric.value': 150 },
  });
  expect(parentOf(spans, 'observe/requests/value')).toBe('observe/requests');
  expect(parentOf(spans, 'observe/requests/freshness')).toBe('observe/requests');
  // Nobody timed it: it was read within the look.
  expect(named(spans, 'observe/cpu')).toMatchObject({ startedAt: startAt, endedAt: startAt + 0.25 });
});

test('a call is a client span by the semantic conventions of HTTP', () => {
  const secret = call({ query: 'up{token="abcdef"}\n or secret="abcdef"', sharedBy: 40 });

  const span = named(traced({}, [secret]), 'observe/requests/value');

  expect(span.kind).toBe('client');
  expect(span.error).toBeUndefined();
  expect(span.attributes).toEqual({
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'url.full': 'http://prometheus:9090/api/v1/query',
    'url.path': '/api/v1/query',
    'server.address': 'prometheus',
    'server.port': 9090,
    'db.query.text': expect.not.stringMatching(/abcdef|\n/),
    'nimbusguard.call.shared_by': 40,
  });
});

test('a shared call keeps the time that it was made at, though that was before the cycle', () => {
  const earlier = call({ startedAt: startAt - 3, sharedBy: 2 });

  const spans = traced({}, [earlier]);

  expect(named(spans, 'observe/requests/value')).toMatchObject({ startedAt: startAt - 3 });
  expect(named(spans, 'observe/requests')).toMatchObject({ startedAt: startAt, endedAt: startAt });
  expect(named(spans, 'decision.cycle').startedAt).toBe(startAt);
});

test('a call that went wrong is an error of a kind, without the secrets of its message', () => {
  const error = { type: 'timeout', message: 'no answer from http://ng:geheim@prometheus' };

  const span = named(traced({}, [call({ status: undefined, error })]), 'observe/requests/value');

  expect(span.error).toBe('no answer from http://ng:[redacted]@prometheus');
  expect(span.attributes).toMatchObject({ 'error.type': 'timeout' });
  expect(span.attributes).not.toHaveProperty('http.response.status_code');
});

test('the write is a call of the executor, each refused attempt an event of it', () => {
  const write = call({
    name: 'execute/write',
    method: 'PUT',
    url: 'https://10.0.0.1/apis/apps/v1/namespaces/default/deployments/web/scale',
    query: undefined,
    versions: { from: '41', to: '43' },
    retries: [{ atSeconds: startAt + 0.5, status: 409, reason: 'Conflict' }],
  });

  const spans = traced({ decision: decision({ to: 6 }) }, [write]);

  expect(parentOf(spans, 'execute/write')).toBe('execute');
  expect(named(spans, 'execute/write')).toMatchObject({
    kind: 'client',
    attributes: {
      'http.request.method': 'PUT',
      'http.request.resend_count': 1,
      'server.port': 443,
      'url.path': '/apis/apps/v1/namespaces/default/deployments/web/scale',
      'nimbusguard.resource_version.from': '41',
      'nimbusguard.resource_version.to': '43',
    },
    events: [
      {
        name: 'conflict',
        atSeconds: startAt + 0.5,
        attributes: { 'http.response.status_code': 409, 'error.type': 'Conflict' },
      },
    ],
  });
});

test('a call beside all metrics stands where its path leads', () => {
  const spans = traced({}, [call({ name: 'observe/replicas/desired/value' })]);

  expect(parentOf(spans, 'observe/replicas/desired/value')).toBe('observe');
});

test('a sample without a number says why and has no value', () => {
  const missing = sample({
    value: undefined,
    state: 'error',
    detail: 'HTTP 503, authorization: Bearer abcdef',
  });

  const seen = observation({ samples: [missing] });
  const { attributes, error } = named(traced({ observation: seen }), 'observe/requests');

  const detail = 'HTTP 503, authorization: Bearer [redacted]';
  expect(attributes).toMatchObject({
    'nimbusguard.metric.state': 'error',
    'nimbusguard.metric.detail': detail,
  });
  expect(attributes).not.toHaveProperty('nimbusguard.metric.value');
  expect(error).toBe(detail);
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
      traceId: credited.traceId,
      spanId: credited.spanId,
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

test('each limit that bound is a span inside the limits, and says from where to where and why', () => {
  const limits = [
    { step: 'rate', from: 12, to: 8, reason: 'ScaleUpLimit' },
    { step: 'bounds', from: 8, to: 6, reason: 'TooManyReplicas' },
  ];

  const spans = traced({ decision: decision({ to: 6, limits }) });

  expect(['limits/rate', 'limits/bounds'].map((name) => parentOf(spans, name))).toEqual(['limits', 'limits']);
  expect(named(spans, 'limits/rate').attributes).toEqual({
    'nimbusguard.limit.bound': true,
    'nimbusguard.limit.step': 'rate',
    'nimbusguard.limit.from': 12,
    'nimbusguard.limit.to': 8,
    'nimbusguard.limit.reason': 'ScaleUpLimit',
  });
});

test('each limit that took sizes away before the choice is a span too, the bounds where the size stands at one', () => {
  const legal = {
    from: 4,
    low: 4,
    high: 8,
    withheld: [
      { step: 'bounds', from: 0, to: 1, reason: 'TooFewReplicas' },
      { step: 'bounds', from: 2_147_483_647, to: 8, reason: 'TooManyReplicas' },
      { step: 'cooldown', from: 1, to: 4, reason: 'Cooldown' },
    ],
  };
  const limitsAt = (to: number) =>
    traced({ decision: decision({ to }) }, [], { legal })
      .filter(({ name }) => name.startsWith('limits/'))
      .map(({ attributes }) => attributes['nimbusguard.limit.reason']);

  expect(limitsAt(5)).toEqual(['Cooldown']);
  expect(limitsAt(8)).toEqual(['TooManyReplicas', 'Cooldown']);
  const spans = traced({}, [], { legal });
  expect(named(spans, 'limits').attributes).toEqual({
    'nimbusguard.legal.low': 4,
    'nimbusguard.legal.high': 8,
  });
  expect(named(spans, 'limits/cooldown').attributes).toMatchObject({ 'nimbusguard.limit.bound': false });
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

  const error = '[scaler] http://ng:[redacted]@api refused';
  expect(named(spans, 'decision.cycle').error).toBe(error);
  expect(named(spans, 'execute').error).toBe(error);
  expect(named(spans, 'observe').error).toBeUndefined();
});

test('a cycle that was not timed bears on its root what its stages would', () => {
  const spans = traced({ stages: undefined, reward: credited });

  expect(spans.map((s) => s.name)).toEqual(['decision.cycle', 'observe/requests', 'observe/cpu']);
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

      const ids = new Set([root!, ...below].map((s) => s.spanId));
      expect(ids.size).toBe(below.length + 1);
      for (const s of below) expect(ids.has(s.parentSpanId!)).toBe(true);
      for (const s of below) expect(s.startedAt).toBeGreaterThanOrEqual(root!.startedAt);
      for (const s of below) expect(s.endedAt).toBeLessThanOrEqual(root!.endedAt);
    }),
  );
});
