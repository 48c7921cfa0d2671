import { expect, test } from 'vitest';
import { targetKey } from '#core/model';
import { openMetrics } from '#telemetry/metrics';
import {
  cycleId,
  decision,
  observation,
  record,
  replicas,
  reward,
  sample,
  spec,
  startAt,
  target,
} from '#test/make';
import { faultsOf } from './lint.ts';

const metricsOf = (mostTargets = 10) => openMetrics({ version: '0.1.0', mostTargets });
const samplesOf = async (metrics: ReturnType<typeof metricsOf>, about: string): Promise<string[]> =>
  (await metrics.text()).body.split('\n').filter((line) => line.includes(about) && !line.startsWith('#'));

const stages = [
  { name: 'observe', startedAt: startAt, seconds: 0.002 },
  { name: 'decide', startedAt: startAt + 0.002, seconds: 0.001 },
];
const web = '{namespace="default",kind="Deployment",target="web",policy="shadow-q"';

const rich = (name = 'web') =>
  record({
    target: target(name),
    decision: decision({
      to: 6,
      limits: [{ step: 'rate', from: 9, to: 6, reason: 'ScaleUpLimit' }],
    }),
    observation: observation({
      lateRatio: 0.01,
      samples: [sample(), sample({ metric: 'cpu', state: 'empty', value: undefined })],
    }),
    reward: { decisionId: cycleId(), traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), reward: reward() },
    learning: {
      epsilon: 0.2,
      tdError: -0.5,
      rounds: 3,
      regret: -1.5,
      capacityPerReplica: 41,
      lateSharpness: 0.4,
      startUpSeconds: 90,
      'cost.hpa-rule': 1.2,
      ownFigure: 7,
    },
    stages,
  });

test('the exposition is faultless OpenMetrics', async () => {
  const metrics = openMetrics({ version: '0.1.0', mostTargets: 2, spans: { exported: 3, failed: 0 } });
  for (const name of ['web', 'api', 'jobs', 'odd"name\\']) metrics.record(rich(name))();
  metrics.fault('prometheus');

  const { contentType, body } = await metrics.text();

  expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
  expect(faultsOf(body)).toEqual([]);
  expect(faultsOf((await metrics.text()).body)).toEqual([]);
});

test('learning beside the loop is read when it is scraped', async () => {
  const metrics = metricsOf();
  let learnt = 4;
  metrics.watchLearning(() => ({ waiting: 2, oldestWaitingSeconds: 90, cpuSeconds: 1.5, learnt, lost: 1 }));
  learnt = 5;
  expect(faultsOf((await metrics.text()).body)).toEqual([]);
  expect(await samplesOf(metrics, 'rounds_')).toEqual([
    'nimbusguard_rounds_waiting 2',
    'nimbusguard_rounds_oldest_waiting_seconds 90',
    'nimbusguard_rounds_learnt_total 5',
    'nimbusguard_rounds_lost_total 1',
  ]);
  expect(await samplesOf(metrics, 'learning_cpu')).toEqual(['nimbusguard_learning_cpu_seconds_total 1.5']);
});

test.each([
  ['decisions_total', `${web},direction="up",reason="BelowLowLine",outcome="scaled"} 1`],
  ['limited_total', `${web},limit="rate",reason="ScaleUpLimit"} 1`],
  ['desired_replicas', `${web}} 6`],
  ['current_replicas', `${web}} 4`],
  ['min_replicas', `${web}} 1`],
  ['max_replicas', `${web}} 50`],
  ['demand_per_second', `${web}} 150`],
  ['late_ratio', `${web}} 0.01`],
  ['table_version', `${web}} 0`],
  ['last_decision_timestamp_seconds', `${web}} ${startAt}`],
  ['metric_value', `${web},metric="requests"} 150`],
  ['metric_age_seconds', `${web},metric="cpu"} 1`],
  ['metric_state', `${web},metric="cpu",state="empty"} 1`],
  ['metric_state', `${web},metric="cpu",state="ok"} 0`],
  ['reward', `${web}} -1.05`],
  ['reward_term', `${web},term="slo"} -0.15`],
  ['expert_in_charge', `${web},expert="nets-shipped"} 1`],
  ['expert_in_charge', `${web},expert="hpa-rule"} 0`],
  ['expert_value', `${web},expert="hpa-rule"} -1.187`],
  ['expert_cost', `${web},expert="hpa-rule"} 1.2`],
  ['q_epsilon', `${web}} 0.2`],
  ['td_error', `${web}} -0.5`],
  ['learning_rounds', `${web}} 3`],
  ['replica_capacity_per_second', `${web}} 41`],
  ['late_sharpness_ratio', `${web}} 0.4`],
  ['start_up_seconds', `${web}} 90`],
  ['shadow_regret', `${web}} -1.5`],
  ['learning_figure', `${web},figure="ownFigure"} 7`],
  ['decision_stage_duration_seconds_sum', '{stage="observe"} 0.002'],
  ['build_info', '{version="0.1.0"} 1'],
])('%s reads a record', async (name, rest) => {
  const metrics = metricsOf();

  metrics.record(rich());

  expect(await samplesOf(metrics, `nimbusguard_${name}{`)).toContain(`nimbusguard_${name}${rest}`);
});

test('a metric that has no value has no sample', async () => {
  const metrics = metricsOf();
  metrics.record(record());

  metrics.record(rich());

  expect(await samplesOf(metrics, 'metric_value')).toEqual([
    `nimbusguard_metric_value${web},metric="requests"} 150`,
  ]);
});

test('decisions count up from scrape to scrape', async () => {
  const metrics = metricsOf();
  metrics.record(record());
  await metrics.text();

  metrics.record(record());

  expect(await samplesOf(metrics, 'decisions_total')).toEqual([
    `nimbusguard_decisions_total${web},direction="hold",reason="BetweenLines",outcome="held"} 2`,
  ]);
});

test('what was learned stays while a cycle learns nothing', async () => {
  const metrics = metricsOf();
  metrics.record(rich());

  metrics.record(record());

  expect(await samplesOf(metrics, 'q_epsilon')).toHaveLength(1);
  expect(await samplesOf(metrics, 'nimbusguard_reward{')).toHaveLength(1);
});

test('a reason that is not known is counted as other', async () => {
  const metrics = metricsOf();

  metrics.record(record({ decision: decision({ reason: 'user 4711 said so' }) }));

  expect((await samplesOf(metrics, 'decisions_total'))[0]).toContain('reason="other"');
});

test('a target that is gone leaves no series', async () => {
  const metrics = metricsOf();
  metrics.record(rich('web'));
  metrics.record(rich('api'));

  metrics.forget(target('web'));

  expect(await samplesOf(metrics, 'target="web"')).toEqual([]);
  expect(await samplesOf(metrics, 'target="api"')).not.toEqual([]);
});

test('under another policy a target has no series of the one before', async () => {
  const metrics = metricsOf();
  metrics.record(record());

  metrics.record(record({ policy: { name: 'hpa' } }));

  expect(await samplesOf(metrics, 'policy="shadow-q"')).toEqual([]);
  expect(await samplesOf(metrics, 'policy="hpa"')).not.toEqual([]);
});

test('targets beyond the bound share one series, with their sizes summed', async () => {
  const metrics = metricsOf(1);
  const sized = (name: string, desired: number) =>
    record({
      target: target(name),
      observation: observation({ replicas: replicas({ desired, ready: desired - 1 }) }),
      decision: decision({ from: desired, to: desired }),
    });

  for (const [name, desired] of [
    ['first', 2],
    ['second', 3],
    ['third', 5],
    ['third', 7],
  ] as const) {
    metrics.record(sized(name, desired));
  }

  const other = '{namespace="_other",kind="_other",target="_other",policy="_other"';
  expect(await samplesOf(metrics, 'target="second"')).toEqual([]);
  // 3 + 7, ready 2 + 6
  expect(await samplesOf(metrics, 'nimbusguard_desired_replicas')).toContain(
    `nimbusguard_desired_replicas${other}} 10`,
  );
  expect(await samplesOf(metrics, 'nimbusguard_ready_replicas')).toContain(
    `nimbusguard_ready_replicas${other}} 8`,
  );
  expect(await samplesOf(metrics, 'decisions_total')).toContain(
    `nimbusguard_decisions_total${other},direction="hold",reason="BetweenLines",outcome="held"} 3`,
  );
});

test('a target beyond the bound gets series of its own when another is gone', async () => {
  const metrics = metricsOf(1);
  metrics.record(record({ target: target('first') }));
  metrics.record(record({ target: target('second') }));

  metrics.forget(target('first'));
  metrics.record(record({ target: target('second') }));

  expect(await samplesOf(metrics, 'nimbusguard_desired_replicas')).toEqual([
    'nimbusguard_desired_replicas{namespace="default",kind="Deployment",target="second",policy="shadow-q"} 4',
  ]);
});

test('names that policies and users make up are bounded', async () => {
  const metrics = metricsOf();
  const learning = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`figure${i}`, i]));

  metrics.record(record({ learning }));

  // 32 names and `other`
  expect(await samplesOf(metrics, 'learning_figure')).toHaveLength(33);
});

test('exemplars lead to a trace once it has arrived, and to no other', async () => {
  const metrics = metricsOf();
  const exported = record({ traceId: 'e'.repeat(32), stages });
  const left = record({
    traceId: 'f'.repeat(32),
    stages: [{ name: 'observe', startedAt: startAt, seconds: 2 }],
  });

  metrics.record(exported)();
  metrics.record(left);

  // 2 + 1 ms lie in the bucket up to 5 ms
  const bucket = (await samplesOf(metrics, 'decision_duration_seconds_bucket{le="0.005"}'))[0];
  const to = `# {trace_id="${exported.traceId}",span_id="${exported.spanId}",decision_id="${exported.id}"}`;
  expect(bucket).toContain(`1 ${to} 0.003`);
  for (const name of ['decision_stage_duration_seconds_bucket{le="0.001"', 'decisions_total'])
    expect((await samplesOf(metrics, name)).filter((line) => line.includes(to))).toHaveLength(1);
  expect((await metrics.text()).body).not.toContain(left.traceId);
});

test('memory, CPU and event loop of the process are there', async () => {
  const { body } = await metricsOf().text();

  for (const name of [
    'process_resident_memory_bytes',
    'process_cpu_seconds_total',
    'nodejs_eventloop_lag_seconds',
  ]) {
    expect(body).toMatch(new RegExp(`^nimbusguard_${name} \\d`, 'm'));
  }
});

test('two registries live side by side', async () => {
  const [one, two] = [metricsOf(), metricsOf()];

  one.record(record({ spec: spec({ maxReplicas: 9 }) }));

  expect(await samplesOf(one, targetKey(target()).split('/')[2]!)).not.toEqual([]);
  expect(await samplesOf(two, 'target=')).toEqual([]);
});
