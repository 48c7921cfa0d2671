import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import type { Explained, ModelCall } from '#ports';
import { idMaker } from '#telemetry/ids';
import { openMetrics } from '#telemetry/metrics';
import { modelSpans } from '#telemetry/model-spans';
import { traceExport } from '#telemetry/trace-export';
import { openTracing } from '#telemetry/tracing';
import { decision, record, startAt } from '#test/make';
import { faultsOf } from './lint.ts';

const of = record();
const call = (overrides: Partial<ModelCall> = {}): ModelCall => ({
  operation: 'chat',
  provider: 'openai',
  server: { address: 'llm.example', port: 443 },
  requestModel: 'small',
  responseModel: 'small-1',
  startedAt: startAt,
  seconds: 1.5,
  inputTokens: 800,
  outputTokens: 90,
  finishReasons: ['stop'],
  ...overrides,
});
const explained = (overrides: Partial<Explained> = {}): Explained => ({
  of,
  startedAt: startAt,
  seconds: 2,
  outcome: 'whole',
  calls: [call(), call({ startedAt: startAt + 1.6, seconds: 0.4 })],
  lookUps: [{ tool: 'history', startedAt: startAt + 1.55, seconds: 0.01 }],
  sentences: { said: 3, rewritten: 1, 'left-out': 1 },
  ...overrides,
});

const spansOf = (one: Explained, isTraced = true) => modelSpans(one, idMaker(), () => isTraced);

test('the wording of an answer stands in the trace of the decision that was asked about', () => {
  const spans = spansOf(explained());
  expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
    ['invoke_workflow explain', 'internal'],
    ['chat small', 'client'],
    ['execute_tool history', 'internal'],
    ['chat small', 'client'],
  ]);
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([of.traceId]));
  expect(spans[0]!.parentSpanId).toBe(of.spanId);
  expect(spans.slice(1).every(({ parentSpanId }) => parentSpanId === spans[0]!.spanId)).toBe(true);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(4);
  expect(spans[0]!.attributes).toEqual({
    'gen_ai.operation.name': 'invoke_workflow',
    'gen_ai.workflow.name': 'explain',
    'nimbusguard.explain.outcome': 'whole',
    'nimbusguard.explain.sentences.said': 3,
    'nimbusguard.explain.sentences.rewritten': 1,
    'nimbusguard.explain.sentences.left_out': 1,
  });
  expect(spans[1]!.attributes).toEqual({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openai',
    'gen_ai.request.model': 'small',
    'gen_ai.request.stream': true,
    'gen_ai.response.model': 'small-1',
    'gen_ai.response.finish_reasons': ['stop'],
    'gen_ai.usage.input_tokens': 800,
    'gen_ai.usage.output_tokens': 90,
    'server.address': 'llm.example',
    'server.port': 443,
  });
});

test('a call that failed says with what, and so does its workflow', () => {
  const failed = explained({ outcome: 'time', calls: [call({ errorType: 'timeout' })] });
  const [workflow, chat] = spansOf(failed);
  expect([workflow!.error, workflow!.attributes['error.type']]).toEqual(['time', 'time']);
  expect([chat!.error, chat!.attributes['error.type']]).toEqual(['timeout', 'timeout']);
});

test('without a decision it is a trace of its own, and without a call there is none', () => {
  const [workflow] = spansOf(explained({ of: undefined }));
  expect([workflow!.parentSpanId, workflow!.links]).toEqual([undefined, undefined]);
  expect(workflow!.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(spansOf(explained({ calls: [], outcome: 'busy' }))).toEqual([]);
});

test('of a decision that has no trace it is a trace of its own, with a link', () => {
  const [workflow, ...below] = spansOf(explained(), false);
  expect(workflow!.parentSpanId).toBeUndefined();
  expect(workflow!.traceId).not.toBe(of.traceId);
  expect(workflow!.links).toEqual([
    { traceId: of.traceId, spanId: of.spanId, attributes: { 'nimbusguard.decision.id': of.id } },
  ]);
  expect(new Set(below.map(({ traceId }) => traceId))).toEqual(new Set([workflow!.traceId]));
});

test('what has no trace is a hold outside the sample', async () => {
  const tracing = openTracing({
    endpoint: 'http://127.0.0.1:4318',
    service: { name: 'nimbusguard', version: '0.1.0', instanceId: 'one' },
    holdRatio: 0,
    complain: () => {},
  });
  const hold = { decision: decision({ from: 4, to: 4, limits: [] }), outcome: 'held' } as const;
  const cut = { from: 9, to: 4, step: 'bounds', reason: 'TooManyReplicas' } as const;
  const limited = { ...hold, decision: { ...hold.decision, limits: [cut] } };
  const grown = { decision: decision({ from: 4, to: 6 }), outcome: 'scaled' } as const;
  expect([hold, limited, grown].map((one) => tracing.isTraced(record(one)))).toEqual([false, true, true]);
  await tracing.close(1);
});

test('its spans are exported', async () => {
  const exporter = new InMemorySpanExporter();
  const tracing = openTracing({
    endpoint: 'http://127.0.0.1:4318',
    service: { name: 'nimbusguard', version: '0.1.0', instanceId: 'one' },
    open: (collector) => traceExport(collector, exporter),
    complain: () => {},
  });
  const exported = exporter.export.bind(exporter);
  const names: string[] = [];
  exporter.export = (spans, done) => {
    names.push(...spans.map(({ name }) => name));
    exported(spans, done);
  };
  tracing.add(spansOf(explained()));
  await tracing.close(1);
  expect(names).toHaveLength(4);
  expect(tracing.spans.exported).toBe(4);
});

test('calls, tokens, answers and sentences are counted, by names that are bounded', async () => {
  const metrics = openMetrics({ version: '0.1.0', mostTargets: 10 });
  metrics.explained(explained());
  metrics.explained(
    explained({
      outcome: 'refused',
      calls: [call({ errorType: '401', inputTokens: undefined, outputTokens: undefined })],
    }),
  );
  for (let i = 0; i < 100; i++)
    metrics.explained(explained({ calls: [call({ responseModel: `odd-${i}` })] }));
  const { body } = await metrics.text();
  expect(faultsOf(body)).toEqual([]);
  const lines = body.split('\n');
  expect(lines).toContain('nimbusguard_explain_requests_total{outcome="refused"} 1');
  expect(lines).toContain('nimbusguard_explain_sentences_total{outcome="rewritten"} 102');
  const labels =
    'gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="small",gen_ai_response_model="small-1",server_address="llm.example",server_port="443"';
  const value = (start: string): string | undefined =>
    lines
      .find((line) => line.startsWith(start))
      ?.split(' ')
      .at(-1);
  expect(lines.filter((line) => line.startsWith('gen_ai_client_token_usage_sum')).join('\n')).toContain(
    '1600',
  );
  expect(value(`gen_ai_client_operation_duration_seconds_count{${labels}}`)).toBe('2');
  expect(value(`gen_ai_client_operation_duration_seconds_count{${labels},error_type="401"}`)).toBe('1');
  expect(lines.filter((line) => line.startsWith('gen_ai_client_token_usage_count')).length).toBeLessThan(40);
});
