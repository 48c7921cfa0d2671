import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DecisionRecord } from '#ports';
import { idMaker, isSampled } from '#telemetry/ids';
import { openTracing } from '#telemetry/tracing';
import { decision, record, startAt, target } from '#test/make';

const service = { name: 'nimbusguard', version: '0.1.0', instanceId: 'one' };
const makeIds = idMaker();

const opened = (given: { holdRatio?: number; exporter?: InMemorySpanExporter } = {}) => {
  const exporter = given.exporter ?? new InMemorySpanExporter();
  const complaints: string[] = [];
  const tracing = openTracing({
    endpoint: 'http://127.0.0.1:4318',
    service,
    holdRatio: given.holdRatio,
    exporter,
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

test('below 50 targets every hold is exported, above as many as 50 targets give', () => {
  const { tracing } = opened();
  const exportedOf = (targets: number): number => {
    let exported = 0;
    for (let i = 0; i < targets; i++) {
      if (tracing.record(record({ ...makeIds(), target: target(`web-${i}`) }))) exported++;
    }
    return exported;
  };

  expect(exportedOf(50)).toBe(50);
  exportedOf(500);
  // 50 of 500 expected, standard deviation sqrt(500 · .1 · .9) = 6.7
  expect(exportedOf(500)).toBeLessThan(100);
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

test('what is recorded before the end is exported at the end', async () => {
  const kept: string[] = [];
  const exporter = new InMemorySpanExporter();
  const { tracing } = opened({
    exporter: Object.assign(exporter, {
      export: (spans: { name: string }[], done: (result: { code: number }) => void) => {
        kept.push(...spans.map((s) => s.name));
        done({ code: 0 });
      },
    }) as InMemorySpanExporter,
  });
  tracing.record(record({ stages: [{ name: 'observe', startedAt: startAt, seconds: 1 }] }));

  await tracing.close(3);

  expect(kept).toEqual(['decision.cycle', 'observe']);
  expect(tracing.spans).toEqual({ exported: 2, failed: 0, dropped: 0 });
});

test('a full queue drops whole traces, counts them and says so', () => {
  const { tracing, complaints } = opened();
  const stages = ['observe', 'decide'].map((name) => ({ name, startedAt: startAt, seconds: 1 }));

  const exported = Array.from({ length: 1000 }, () => tracing.record(record({ ...makeIds(), stages })));

  // A trace has 4 spans (root, observe, decide, limits): 512 spans are on their way, 2048 wait, 640 traces in all
  expect(exported.filter((e) => e)).toHaveLength(640);
  expect(tracing.spans.dropped).toBe(4 * 360);
  expect(complaints).toHaveLength(360);
});
