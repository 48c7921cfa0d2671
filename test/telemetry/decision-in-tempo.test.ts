import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { preciseNow } from '#adapters/clocks/system';
import { openExplainer } from '#adapters/explainers/registry';
import { prometheusSource } from '#adapters/metrics/prometheus';
import { openStore } from '#adapters/stores/registry';
import { policies } from '#policies/registry';
import type { DecisionRecord, Store } from '#ports';
import { simulatedWorld } from '#simulator/world';
import { type OpenTelemetry, openTelemetry } from '#telemetry/telemetry';
import { traceTree } from '#telemetry/trace-tree';
import { key, settings } from '#test/adapters/explainers/asking';
import { calling, saying, scriptedModel, wayOf } from '#test/adapters/explainers/scripted-model';
import { needs } from '#test/components/needs';
import { push } from '#test/components/push';
import {
  type Prometheus,
  startPrometheus,
  startTempo,
  startTimeoutMs,
  type Tempo,
} from '#test/components/start';
import { counterfactualsOf } from '#test/counterfactuals';
import { house } from '#test/house';
import { firstFrames, listening } from '#test/http/listening';
import { spec, target } from '#test/make';
import { answering } from '#workflows/answering';
import { controlLoop } from '#workflows/control-loop';
import { noMemory } from '#workflows/memory';
import { turns } from '#workflows/turns';
import { named, shapeOf, traceIn, tracesWith } from './traces-in-tempo.ts';

/** Unix seconds as a double are exact to a quarter of a microsecond. */
const slack = 2e-6;

/** A loop of a few cycles, a second apart by a clock that waits for them, that reads a real Prometheus and is traced in a real Tempo. */
needs('tempo', 'prometheus')('a decision of a loop', () => {
  let prometheus: Prometheus;
  let tempo: Tempo;
  let telemetry: OpenTelemetry;
  let page: Server;
  let store: Store;
  const lines: string[] = [];
  const kept: DecisionRecord[] = [];
  const cycles = 5;
  const set = spec({ intervalSeconds: 1, startUpSeconds: 0, maxReplicas: 6 });

  beforeAll(async () => {
    tempo = await startTempo();
    telemetry = await openTelemetry({
      settings: {
        service: { name: 'nimbusguard', version: '0.1.0', instanceId: 'loop-test' },
        log: { level: 'debug' },
        metrics: { enabled: true, mostTargets: 10 },
        tracing: { endpoint: tempo.otlpUrl, holdRatio: undefined, exportSeconds: 60 },
      },
      lines: { write: (line) => void lines.push(line) },
    });
    page = createServer(async (_, response) => {
      const { contentType, body } = await telemetry.metricsText();
      response.writeHead(200, { 'content-type': contentType }).end(body);
    });
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve));
    prometheus = await startPrometheus({
      scrape: [{ job: 'nimbusguard', port: (page.address() as AddressInfo).port }],
    });
    let now = Math.floor(Date.now() / 1000) - cycles;
    const points = Array.from({ length: cycles }, (_, i) => ({ atSeconds: now + i, value: 150 }));
    await push(prometheus.url, [
      { name: 'requests_per_second', type: 'gauge', labels: { app: 'web' }, points },
    ]);
    store = await openStore(':memory:');
    const shared = await house({ store, telemetry, chain: controlLoop, wallClock: preciseNow });
    const world = simulatedWorld({
      arrivals: new Float64Array(600).fill(150),
      spec: set,
      startsAt: now - 60,
      initialReplicas: 4,
    });
    const { turn, close } = turns(
      {
        target: target(),
        spec: set,
        mode: 'Auto',
        policy: policies.static!.make({ spec: set, seed: 1, settings: { replicas: 60 } }),
        source: prometheusSource({
          url: prometheus.url,
          timeoutSeconds: 60,
          queries: { requests: 'sum(requests_per_second{app="{{name}}"})', cpu: 'sum(cpu_ratio)' },
        }),
        scaler: world.ports(() => now).scaler,
        clock: { now: () => now, until: async () => {} },
        memory: noMemory,
        onKept: (record) => void kept.push(record),
      },
      shared,
    );
    for (let i = 0; i < cycles; i++) {
      await turn(now);
      now++;
    }
    await close(now);
    await telemetry.flush(60);
  }, startTimeoutMs);
  afterAll(async () => {
    await telemetry?.close(5);
    await Promise.all([prometheus?.stop(), tempo?.stop(), store?.close()]);
    page?.closeAllConnections();
    page?.close();
  });

  test('is one trace, found by the decision’s id in the store and in Tempo alike', async () => {
    const { id } = kept[2]!;
    const record = (await store.decision(id))!;

    const trace = await traceIn(tempo, record.traceId);

    expect(trace.spans.every(({ traceId }) => traceId === record.traceId)).toBe(true);
    await expect.poll(() => tracesWith(tempo, 'nimbusguard.decision.id', id)).toContain(record.traceId);
    expect(traceTree(trace)[0]).toMatch(/^decision\.cycle +\+0\.000 ms +\d+\.\d{3} ms +6 → 6, /);
  });

  test('shows the four agents, each query of each metric, the limit that the size stands at, the reward and whose it is', async () => {
    const record = kept[2]!;

    const trace = await traceIn(tempo, record.traceId);

    expect(shapeOf(trace)).toEqual(
      [
        'decision.cycle',
        'decision.cycle > observe',
        'observe > observe/requests',
        'observe/requests > observe/requests/value',
        'observe/requests > observe/requests/freshness',
        'observe > observe/cpu',
        'observe/cpu > observe/cpu/value',
        'observe/cpu > observe/cpu/freshness',
        'decision.cycle > decide',
        'decide > limits',
        'limits > limits/bounds',
        // Nobody knows cpu.
        'limits > limits/missing-data',
        'decision.cycle > execute',
        'decision.cycle > reward',
      ].sort(),
    );
    expect(named(trace, 'decision.cycle').attributes).toMatchObject({
      'nimbusguard.decision.id': record.id,
      'k8s.deployment.name': 'web',
      'nimbusguard.to': 6,
    });
    expect(named(trace, 'observe/requests')).toMatchObject({
      attributes: { 'nimbusguard.metric.state': 'ok', 'nimbusguard.metric.value': 150 },
      error: undefined,
    });
    const { hostname, port } = new URL(prometheus.url);
    expect(named(trace, 'observe/requests/value')).toMatchObject({
      kind: 'client',
      attributes: {
        'http.request.method': 'POST',
        'http.response.status_code': 200,
        'server.address': hostname,
        'server.port': Number(port),
        'db.query.text': 'sum(requests_per_second{app="web"})',
      },
    });
    expect(named(trace, 'observe/cpu').attributes).toMatchObject({ 'nimbusguard.metric.state': 'empty' });
    expect(named(trace, 'limits/bounds').attributes).toMatchObject({
      'nimbusguard.limit.to': 6,
      'nimbusguard.limit.bound': false,
      'nimbusguard.limit.reason': 'TooManyReplicas',
    });
    const { reward } = record;
    expect(named(trace, 'reward').links).toEqual([{ traceId: reward!.traceId, spanId: reward!.spanId }]);
  });

  test('takes its place in time: agents one after the other, queries within the look', async () => {
    const trace = await traceIn(tempo, kept[2]!.traceId);

    const [observe, decide, execute, reward] = ['observe', 'decide', 'execute', 'reward'].map((name) => {
      const { startedAt, seconds } = named(trace, name);
      return { startedAt, endedAt: startedAt + seconds };
    });
    expect(decide!.startedAt).toBeGreaterThan(observe!.endedAt - slack);
    expect(execute!.startedAt).toBeGreaterThan(decide!.endedAt - slack);
    expect(reward!.startedAt).toBeGreaterThan(execute!.endedAt - slack);
    for (const name of ['observe/requests/value', 'observe/cpu/freshness']) {
      const { startedAt, seconds } = named(trace, name);
      expect(startedAt).toBeGreaterThan(observe!.startedAt - slack);
      expect(startedAt + seconds).toBeLessThan(observe!.endedAt + slack);
    }
  });

  test('is led to by the decision that it scores and back: the reward is found by the id of the decision', async () => {
    const scored = kept[1]!;
    const scoring = kept.find(({ reward }) => reward?.decisionId === scored.id)!;

    await expect
      .poll(() => tracesWith(tempo, 'nimbusguard.reward.decision.id', scored.id))
      .toEqual([scoring.traceId]);
    const link = named(await traceIn(tempo, scoring.traceId), 'reward').links[0]!;
    expect(named(await traceIn(tempo, link.traceId), 'decision.cycle')).toMatchObject({
      spanId: link.spanId,
      attributes: { 'nimbusguard.decision.id': scored.id },
    });
  });

  test('holds what a language model took to word its explanation, and no word of it', async () => {
    const { id, traceId, spanId, atSeconds } = kept[0]!;
    const truth = 'The size was raised from 4 to 6 replicas.';
    const lie = 'The size was raised from 4 to 9 replicas.';
    const model = await scriptedModel((heard, nth) => {
      const way = wayOf(heard);
      if (way !== 'gather') return saying(way === 'word' ? lie : truth);
      return nth === 0
        ? calling(['gates', { at: new Date(1000 * Math.ceil(atSeconds)).toISOString() }])
        : saying('READY');
    });
    onTestFinished(() => model.close());
    const explainer = await openExplainer(settings({ baseUrl: model.baseUrl }), {
      now: preciseNow,
      retentionSeconds: 86_400,
      explained: telemetry.explained,
    });
    onTestFinished(() => explainer!.close());
    const counterfactuals = counterfactualsOf(store);
    const answers = answering({ store, counterfactuals, timeZone: 'UTC', now: preciseNow });
    const { url } = await listening([], {}, { store, counterfactuals, answers, explainer });
    const question = 'why 6 replicas?';

    const answer = await fetch(`${url}/api/v1/explanations`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify({ target: 'default/Deployment/web', question, at: atSeconds }),
    });
    const told = await firstFrames(answer, 9);
    await telemetry.flush(60);

    expect(told.slice(1).map(({ event, data }) => [event, data])).toEqual([
      ['sentence', { text: truth }],
      ['end', { because: 'whole' }],
    ]);
    expect(told[0]!.data).toMatchObject({ decisions: [{ id, traceId }] });
    await expect
      .poll(async () => shapeOf(await traceIn(tempo, traceId)), { interval: 200 })
      .toContain('decision.cycle > invoke_workflow explain');
    const trace = await traceIn(tempo, traceId);
    const worded = shapeOf(trace).filter((line) => line.includes('invoke_workflow explain'));
    const below = 'invoke_workflow explain >';
    expect(worded).toEqual([
      'decision.cycle > invoke_workflow explain',
      ...Array.from({ length: 4 }, () => `${below} chat small`),
      `${below} execute_tool gates`,
    ]);
    // All of it is one trace with one root, that of the cycle.
    expect(trace.spans.filter(({ parentSpanId }) => parentSpanId === '')).toMatchObject([
      { name: 'decision.cycle', spanId, attributes: { 'nimbusguard.decision.id': id } },
    ]);
    const workflow = named(trace, 'invoke_workflow explain');
    expect(workflow).toMatchObject({
      parentSpanId: spanId,
      links: [],
      error: undefined,
      attributes: {
        'gen_ai.operation.name': 'invoke_workflow',
        'nimbusguard.explain.outcome': 'whole',
        'nimbusguard.explain.sentences.rewritten': 1,
      },
    });
    const parts = trace.spans.filter(({ parentSpanId }) => parentSpanId === workflow.spanId);
    for (const { startedAt, seconds } of parts) {
      expect(startedAt).toBeGreaterThan(workflow.startedAt - slack);
      expect(startedAt + seconds).toBeLessThan(workflow.startedAt + workflow.seconds + slack);
    }
    for (const chat of parts.filter(({ name }) => name === 'chat small'))
      expect(chat).toMatchObject({
        kind: 'client',
        attributes: {
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': 'openai',
          'gen_ai.request.model': 'small',
          'gen_ai.response.model': 'small-1',
          'gen_ai.usage.input_tokens': expect.any(Number),
          'gen_ai.usage.output_tokens': expect.any(Number),
          'server.address': '127.0.0.1',
          'server.port': model.port,
        },
      });
    expect(named(trace, 'execute_tool gates').attributes).toMatchObject({
      'gen_ai.tool.name': 'gates',
      'gen_ai.tool.type': 'datastore',
    });
    const raw = await (await fetch(`${tempo.queryUrl}/api/traces/${traceId}`)).text();
    expect(raw).toContain('gen_ai.usage.input_tokens');
    for (const secret of [key, question, truth, lie, 'You answer questions', 'Bearer'])
      expect(raw).not.toContain(secret);
    for (const line of lines) expect(line).not.toContain(key);
  });

  test('is led to by the exemplars of its metrics in a real Prometheus', async () => {
    const exemplarsOf = async (query: string) => {
      const asked = new URLSearchParams({
        query,
        start: String(Date.now() / 1000 - 300),
        end: String(Date.now() / 1000 + 60),
      });
      const answer = await fetch(`${prometheus.url}/api/v1/query_exemplars?${asked}`);
      const { data } = (await answer.json()) as {
        data: { exemplars: { labels: { trace_id: string; span_id: string; decision_id: string } }[] }[];
      };
      return data.flatMap(({ exemplars }) => exemplars.map(({ labels }) => labels));
    };

    // Prometheus keeps what it scraped: what led nowhere was never shown to it.
    for (const metric of [
      'nimbusguard_decisions_total{outcome="scaled"}',
      'nimbusguard_decision_duration_seconds_bucket',
      'nimbusguard_decision_stage_duration_seconds_bucket{stage="observe"}',
    ]) {
      await expect.poll(async () => (await exemplarsOf(metric)).length).toBeGreaterThan(0);
      const [found] = await exemplarsOf(metric);
      const trace = await traceIn(tempo, found!.trace_id);
      expect(named(trace, 'decision.cycle')).toMatchObject({
        spanId: found!.span_id,
        attributes: { 'nimbusguard.decision.id': found!.decision_id },
      });
    }
  });

  test('is led to by its line in the log', () => {
    const { traceId, spanId, id } = kept[0]!;

    const said = lines.map((line) => JSON.parse(line)).filter((line) => line.decision_id === id);

    expect(said).toEqual([expect.objectContaining({ trace_id: traceId, span_id: spanId, to: 6 })]);
  });
});
