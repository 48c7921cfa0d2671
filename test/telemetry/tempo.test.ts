import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTelemetry } from '#telemetry/telemetry';
import { tempoTrace } from '#telemetry/tempo';
import { needs } from '#test/components/needs';
import { startTempo, startTimeoutMs, type Tempo } from '#test/components/start';
import { decision, record, reward } from '#test/make';

needs('tempo')('a decision in a real Tempo', () => {
  let tempo: Tempo;
  beforeAll(async () => {
    tempo = await startTempo();
  }, startTimeoutMs);
  afterAll(() => tempo?.stop());

  const traceOf = (traceId: string) => tempoTrace(tempo.queryUrl, traceId);

  const opened = () =>
    openTelemetry({
      settings: {
        service: { name: 'nimbusguard', version: '0.1.0', instanceId: 'tempo-test' },
        log: { level: 'silent' },
        metrics: { enabled: false, mostTargets: 10 },
        tracing: { endpoint: tempo.otlpUrl, holdRatio: 0, exportSeconds: 60 },
      },
    });

  /** Tempo keeps what is recent: the cycles end now. */
  const twoCycles = (ids: () => { traceId: string; spanId: string }) => {
    const now = Date.now() / 1000;
    const limits = [{ step: 'bounds', from: 60, to: 50, reason: 'TooManyReplicas' }];
    const scored = record({ ...ids(), decision: decision({ to: 6 }), stages: stagesAt(now - 10) });
    const next = record({
      ...ids(),
      decision: decision({ to: 50, limits }),
      stages: stagesAt(now - 5),
      reward: { decisionId: scored.id, traceId: scored.traceId, spanId: scored.spanId, reward: reward() },
      tableVersion: 7,
    });
    return { scored, next };
  };
  const stagesAt = (at: number) => [
    { name: 'observe', startedAt: at, seconds: 0.25 },
    { name: 'decide', startedAt: at + 0.25, seconds: 0.125 },
    { name: 'execute', startedAt: at + 0.375, seconds: 0.5 },
    { name: 'reward', startedAt: at + 0.875, seconds: 0.0625 },
  ];

  test('is read back by the trace id of its record: root, stages in order, limits, reward, link', async () => {
    const telemetry = await opened();
    const { scored, next } = twoCycles(telemetry.ids);

    telemetry.record(scored);
    telemetry.record(next);
    await telemetry.close(60);

    await expect.poll(() => traceOf(next.traceId)).toBeDefined();
    const { spans, resource } = (await traceOf(next.traceId))!;
    const named = (name: string) => spans.find((s) => s.name === name)!;
    const root = named('decision.cycle');
    const children = spans.filter((s) => s.parentSpanId === root.spanId);

    expect(resource).toMatchObject({
      'service.name': 'nimbusguard',
      'service.version': '0.1.0',
      'service.instance.id': 'tempo-test',
      'service.namespace': 'nimbusguard',
      'host.name': hostname(),
      'process.pid': process.pid,
      'process.runtime.name': 'nodejs',
      'telemetry.sdk.language': 'nodejs',
    });
    expect(spans.every((s) => s.traceId === next.traceId)).toBe(true);
    expect(root).toMatchObject({ spanId: next.spanId, parentSpanId: '' });
    expect(children.map((s) => s.name)).toEqual(['observe', 'decide', 'execute', 'reward']);
    expect(named('limits').parentSpanId).toBe(named('decide').spanId);

    expect(named('reward').links).toEqual([{ traceId: scored.traceId, spanId: scored.spanId }]);
    // They were sent together, and are there one after the other.
    await expect.poll(() => traceOf(scored.traceId)).toBeDefined();
    const before = await traceOf(scored.traceId);
    expect(before?.spans.find((s) => s.name === 'decision.cycle')?.spanId).toBe(scored.spanId);

    expect(root.attributes).toMatchObject({
      'k8s.cluster.name': 'home',
      'k8s.namespace.name': 'default',
      'k8s.deployment.name': 'web',
      'nimbusguard.decision.id': next.id,
      'nimbusguard.from': 4,
      'nimbusguard.to': 50,
      'nimbusguard.reason': 'BelowLowLine',
      'nimbusguard.expert': 'nets-shipped',
      'nimbusguard.table.version': 7,
    });
    expect(named('decide').attributes).toMatchObject({
      'nimbusguard.option.names': ['nets-shipped', 'hpa-rule'],
      'nimbusguard.option.values': [-1.021, -1.187],
    });
    expect(named('reward').attributes).toMatchObject({
      'nimbusguard.reward.total': -1.05,
      'nimbusguard.reward.efficiency': -0.9,
    });
    expect(named('limits/bounds')).toMatchObject({
      parentSpanId: named('limits').spanId,
      attributes: { 'nimbusguard.limit.from': 60, 'nimbusguard.limit.reason': 'TooManyReplicas' },
    });
    expect(named('observe/cpu')).toMatchObject({
      parentSpanId: named('observe').spanId,
      attributes: { 'nimbusguard.metric': 'cpu', 'nimbusguard.metric.value': 0.75 },
    });
  });

  test('lasts as long there as its stages did', async () => {
    const telemetry = await opened();
    const { scored } = twoCycles(telemetry.ids);

    telemetry.record(scored);
    await telemetry.close(60);

    await expect.poll(() => traceOf(scored.traceId)).toBeDefined();
    const { spans } = (await traceOf(scored.traceId))!;
    const seconds = Object.fromEntries(spans.map((s) => [s.name, s.seconds]));
    // Unix seconds as a double are exact to a quarter of a microsecond. The rewarder had nothing to score here.
    expect(seconds['decision.cycle']).toBeCloseTo(0.875, 5);
    expect(seconds.observe).toBeCloseTo(0.25, 5);
    expect(seconds.decide).toBeCloseTo(0.125, 5);
    expect(seconds.execute).toBeCloseTo(0.5, 5);
    expect(seconds).not.toHaveProperty('reward');
  });

  test('is not there when it was a hold outside the share', async () => {
    const telemetry = await opened();
    const hold = record({ ...telemetry.ids(), stages: stagesAt(Date.now() / 1000 - 5) });
    const { scored } = twoCycles(telemetry.ids);

    telemetry.record(hold);
    telemetry.record(scored);
    await telemetry.close(60);

    await expect.poll(() => traceOf(scored.traceId)).toBeDefined();
    expect(await traceOf(hold.traceId)).toBeUndefined();
  });
});
