import { InMemorySpanExporter, type SpanExporter } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DecisionRecord, PortError } from '#ports';
import { idMaker, isSampled } from '#telemetry/ids';
import { traceExport } from '#telemetry/trace-export';
import { openTracing } from '#telemetry/tracing';
import { decision, record, startAt, target } from '#test/make';

const service = { name: 'nimbusguard', version: '0.1.0', instanceId: 'one' };
const makeIds = idMaker();

const opened = (given: { holdRatio?: number; exporter?: SpanExporter } = {}) => {
  const exporter = given.exporter ?? new InMemorySpanExporter();
  const complaints: string[] = [];
  const tracing = openTracing({
    endpoint: 'http://127.0.0.1:4318',
    service,
    holdRatio: given.holdRatio,
    open: (collector) => traceExport(collector, exporter),
    complain: (message) => complaints.push(message),
  });
  return { tracing, exporter, complaints };
};

const limit = { step: 'bounds', from: 60, to: 50, reason: 'TooManyReplicas' };

test.each<readonly [string, Partial<DecisionRecord>]>([
  ['scaled', { decision: decision({ to: 5 }) }],
  ['failed', { outcome: 'failed', error: 'refused' }],
  ['waits for approval', { outcome: 'awaiting-approval', decision: decision({ to: 5 }) }],
  ['would have scaled in Shadow mode', { outcome: 'shadowed', decision: decision({ to: 5 }) }],
  ['was held by a limit', { decision: decision({ limits: [limit] }) }],
])('a cycle that %s is always exported', (_, overrides) => {
  const { tracing } = opened({ holdRatio: 0 });

  expect(tracing.record(record(overrides))).toBe(true);
});

test.each<readonly [string, Partial<DecisionRecord>]>([
  ['holds', {}],
  ['would have held in Shadow mode', { outcome: 'shadowed' }],
])('a cycle that %s is exported by the ratio', (_, overrides) => {
  expect(opened({ holdRatio: 0 }).tracing.record(record(overrides))).toBe(false);
  expect(opened({ holdRatio: 1 }).tracing.record(record(overrides))).toBe(true);
});

test('below 50 targets every hold is exported', () => {
  const { tracing } = opened();

  const taken = Array.from({ length: 50 }, (_, i) =>
    tracing.record(record({ ...makeIds(), target: target(`web-${i}`) })),
  );

  expect(taken).toEqual(Array(50).fill(true));
});

test('the same trace id is always sampled alike, and a greater ratio keeps what a smaller one kept', () => {
  const traceId = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => bytes.toHex());
  const ratio = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(traceId, ratio, ratio, (id, a, b) => {
      expect(isSampled(id, 1)).toBe(true);
      expect(isSampled(id, 0)).toBe(false);
      expect(isSampled(id, Math.min(a, b)) && !isSampled(id, Math.max(a, b))).toBe(false);
    }),
  );
});

test('the share of sampled traces is the ratio', () => {
  const n = 20_000;

  const sampled = Array.from({ length: n }, () => isSampled(makeIds().traceId, 0.25)).filter(Boolean).length;

  // Standard deviation sqrt(.25 · .75 / 20000) = .003
  expect(sampled / n).toBeCloseTo(0.25, 1);
});

test('ids are those of W3C Trace Context, and each is new', () => {
  const ids = Array.from({ length: 1000 }, makeIds);

  for (const { traceId, spanId } of ids) {
    expect(traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spanId).toMatch(/^[0-9a-f]{16}$/);
  }
  expect(new Set(ids.map((i) => i.traceId)).size).toBe(1000);
});

/** Keeps what arrives; `answer` says what becomes of each batch. */
const keeping = (answer: (done: (result: { code: number }) => void) => void) => {
  const batches: string[][] = [];
  const exporter: SpanExporter = {
    export: (spans, done) => {
      batches.push(spans.map((s) => s.name));
      answer(done);
    },
    shutdown: async () => {},
    forceFlush: async () => {},
  };
  return { exporter, batches };
};
const observed = [{ name: 'observe', startedAt: startAt, seconds: 1 }];
/** Root, observer and its two metrics. */
const spansOfOne = 4;

test('what is recorded before the end is exported at the end', async () => {
  const { exporter, batches } = keeping((done) => done({ code: 0 }));
  const { tracing } = opened({ exporter });
  tracing.record(record({ stages: observed }));

  await tracing.close(3);

  expect(batches).toEqual([['decision.cycle', 'observe', 'observe/requests', 'observe/cpu']]);
  expect(tracing.spans).toEqual({ exported: spansOfOne, failed: 0, dropped: 0 });
});

test('a cycle hears of its trace once that has arrived, and never when it has not', async () => {
  const heard: string[] = [];
  let code = 0;
  const { exporter } = keeping((done) => done({ code }));
  const { tracing } = opened({ exporter });

  tracing.record(record(), {}, () => heard.push('arrived'));
  expect(heard).toEqual([]);
  await tracing.flush(60);
  code = 1;
  tracing.record(record(), {}, () => heard.push('failed'));
  await tracing.flush(60);

  expect(heard).toEqual(['arrived']);
});

test('a cycle that was given up is always exported: a root that says why', async () => {
  const exporter = new InMemorySpanExporter();
  const { tracing } = opened({ holdRatio: 0, exporter });
  const { id, traceId, spanId } = record();
  const cycle = {
    id,
    traceId,
    spanId,
    target: target(),
    atSeconds: startAt,
    startedAt: startAt,
    seconds: 0.5,
  };

  tracing.abandoned(cycle, new PortError('kubernetes', 'token=abcdef is not known'));
  await tracing.flush(60);

  const [span] = exporter.getFinishedSpans();
  expect(span).toMatchObject({
    name: 'decision.cycle',
    duration: [0, 500_000_000],
    status: { code: 2, message: '[kubernetes] token=[redacted] is not known' },
    attributes: {
      'nimbusguard.decision.id': id,
      'nimbusguard.outcome': 'abandoned',
      'error.type': 'kubernetes',
      'k8s.deployment.name': 'web',
    },
  });
});

test('spans that come later are added to a trace that is long gone', async () => {
  const exporter = new InMemorySpanExporter();
  const { tracing } = opened({ exporter });
  const { traceId, spanId } = record();
  const late = {
    name: 'chat',
    traceId,
    spanId: 'a'.repeat(16),
    parentSpanId: spanId,
    kind: 'client',
    startedAt: startAt + 3600,
    endedAt: startAt + 3601,
    attributes: { 'gen_ai.operation.name': 'chat' },
  } as const;

  tracing.add([late]);
  await tracing.flush(60);

  const [span] = exporter.getFinishedSpans();
  expect(span?.spanContext()).toMatchObject({ traceId, spanId: late.spanId });
  expect(span?.parentSpanContext?.spanId).toBe(spanId);
  expect(span).toMatchObject({ name: 'chat', startTime: [startAt + 3600, 0], duration: [1, 0] });
});

test('while nothing is answered, what waits is bounded: the rest is dropped whole, counted, and said', async () => {
  const { exporter, batches } = keeping(() => {});
  const { tracing, complaints } = opened({ exporter });
  const recorded = async (n: number) => {
    const taken: boolean[] = [];
    for (let i = 0; i < n; i++) taken.push(tracing.record(record({ ...makeIds(), stages: observed })));
    await new Promise(setImmediate);
    return taken.filter((one) => one).length;
  };

  // A batch of 64 goes out at once; 512 wait behind it.
  expect(await recorded(64)).toBe(64);
  expect(await recorded(1000)).toBe(512);

  expect(batches).toHaveLength(1);
  expect(tracing.spans.dropped).toBe(spansOfOne * 488);
  expect(complaints).toHaveLength(488);
});

test('of 500 targets, as many traces of holds are kept as 50 targets would give, each whole; of changes, all', async () => {
  const exporter = new InMemorySpanExporter();
  const { tracing } = opened({ exporter });
  const cycles = 8;
  const round = async (make: (i: number) => Partial<DecisionRecord>): Promise<number> => {
    let taken = 0;
    for (let i = 0; i < 500; i++) {
      const one = record({ ...makeIds(), target: target(`web-${i}`), stages: observed, ...make(i) });
      if (tracing.record(one)) taken++;
      if (i % 50 === 49) await tracing.flush(60);
    }
    return taken;
  };
  await round(() => ({}));
  exporter.reset();

  let holds = 0;
  for (let k = 0; k < cycles; k++) holds += await round(() => ({}));
  const changes = await round(() => ({ decision: decision({ to: 5 }) }));

  // 400 of 4000 expected, standard deviation sqrt(4000 · .1 · .9) = 19
  expect(holds).toBeGreaterThan(300);
  expect(holds).toBeLessThan(500);
  expect(changes).toBe(500);
  const traces = Map.groupBy(exporter.getFinishedSpans(), (s) => s.spanContext().traceId);
  expect(traces.size).toBe(holds + changes);
  expect([...traces.values()].every((spans) => spans.length === spansOfOne)).toBe(true);
});
