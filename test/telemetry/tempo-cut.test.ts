import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { DecisionRecord } from '#ports';
import { type OpenTelemetry, openTelemetry } from '#telemetry/telemetry';
import { needs } from '#test/components/needs';
import { startTempo, startTimeoutMs, type Tempo } from '#test/components/start';
import { record, startAt } from '#test/make';
import { type Disturbance, faultProxy } from '#test/matrix/fault-proxy';
import { smallLoop } from '#test/small-loop';
import { traceIn } from './traces-in-tempo.ts';

const cycles = 240;

/** However busy the machine, what is to arrive arrives in `exportSeconds`. */
const opened = async (endpoint: string | undefined, exportSeconds = 60) => {
  const lines: string[] = [];
  const telemetry = await openTelemetry({
    settings: {
      service: { name: 'nimbusguard', version: '0.1.0', instanceId: 'cut' },
      log: { level: 'warn' },
      metrics: { enabled: true, mostTargets: 10 },
      tracing: { endpoint, holdRatio: 1, exportSeconds },
    },
    // What is said once a minute is said once, though the test take longer.
    clock: { now: () => 0 },
    lines: { write: (line) => void lines.push(line) },
  });
  onTestFinished(() => telemetry.close(0.1));
  const spans = async () => {
    const { body } = await telemetry.metricsText();
    const of = (result: string) =>
      Number(new RegExp(`spans_total\\{result="${result}"\\} (\\d+)`).exec(body)![1]);
    return { exported: of('exported'), failed: of('failed'), dropped: of('dropped') };
  };
  return { telemetry, spans, lines };
};

/** A learning loop in a small world; ids apart, the same each time. */
const run = async (telemetry: OpenTelemetry, meanwhile: (cycle: number) => unknown = () => {}) => {
  const kept: DecisionRecord[] = [];
  const turn = await smallLoop(cycles, {
    telemetry,
    wallClock: () => Date.now() / 1000,
    onKept: (one) => void kept.push(one),
  });
  for (let i = 0; i < cycles; i++) {
    await meanwhile(i);
    await turn();
  }
  return kept;
};

/** What was decided and learnt, without the ids of traces, which are chance. */
const decided = (kept: readonly DecisionRecord[]) =>
  kept.map(({ id, decision, outcome, observation, learning, reward }) => ({
    id,
    decision,
    outcome,
    observation,
    learning,
    reward: reward && { of: reward.decisionId, ...reward.reward },
  }));

needs('tempo')('a loop whose Tempo goes away', () => {
  let tempo: Tempo;
  let undisturbed: ReturnType<typeof decided>;
  /** Spans of a run. */
  let whole: number;
  beforeAll(async () => {
    tempo = await startTempo();
  }, startTimeoutMs);
  afterAll(() => tempo?.stop());

  test('decides as one that is not traced, while Tempo is there', async () => {
    const { telemetry: none } = await opened(undefined);
    undisturbed = decided(await run(none));
    const { telemetry, spans } = await opened(tempo.otlpUrl);

    const kept = await run(telemetry);

    expect(decided(kept)).toEqual(undisturbed);
    expect(kept.some(({ outcome }) => outcome === 'scaled')).toBe(true);
    await telemetry.flush(60);
    whole = (await spans()).exported;
    expect(await spans()).toEqual({ exported: whole, failed: 0, dropped: 0 });
    expect(whole).toBeGreaterThan(8 * cycles);
  });

  test('notices nothing when Tempo is killed in the middle', async () => {
    const other = await startTempo();
    const { telemetry, spans, lines } = await opened(other.otlpUrl, 5);

    const kept = await run(telemetry, (cycle) => cycle === cycles / 2 && other.stop());

    expect(decided(kept)).toEqual(undisturbed);
    await telemetry.flush(60);
    expect((await spans()).failed).toBeGreaterThan(0);
    expect(lines.map((line) => JSON.parse(line).body)).toEqual([
      expect.stringMatching(/^\[otlp\] \d+ spans did not reach .*start the collector/),
    ]);
  });

  test.each<readonly [string, Disturbance]>([
    ['refuses', { kind: 'refuse' }],
    ['takes everything and never answers', { kind: 'hang' }],
    ['is slow', { kind: 'delay', seconds: 0.5 }],
    ['answers 500', { kind: 'answer', status: 500, body: 'no' }],
    ['answers 503 to be asked again', { kind: 'answer', status: 503, body: 'no' }],
    ['answers nonsense', { kind: 'answer', status: 200, body: '<html>' }],
  ])('notices nothing when Tempo %s, and is traced again afterwards', async (_, disturbance) => {
    const proxy = await faultProxy(tempo.otlpUrl);
    onTestFinished(proxy.close);
    const { telemetry, spans, lines } = await opened(proxy.url);

    const kept = await run(telemetry, (cycle) => cycle === cycles / 2 && proxy.disturb({ disturbance }));
    expect(decided(kept)).toEqual(undisturbed);
    proxy.lift();
    await telemetry.flush(60);

    const after = record(telemetry.ids());
    telemetry.record(after);
    await telemetry.flush(60);
    expect((await traceIn(tempo, after.traceId)).spans[0]?.name).toBe('decision.cycle');
    // Each span is accounted for, once; that of `after` has a root and two metrics.
    const { exported, failed, dropped } = await spans();
    expect(exported + failed + dropped).toBe(whole + 3);
    expect(lines.length).toBeLessThanOrEqual(1);
  });

  test('keeps a bounded number of traces while nobody takes them, and counts the others', async () => {
    const proxy = await faultProxy(tempo.otlpUrl);
    onTestFinished(proxy.close);
    proxy.disturb({ disturbance: { kind: 'hang' } });
    const { telemetry, spans, lines } = await opened(proxy.url);
    const stages = [{ name: 'observe', startedAt: startAt, seconds: 0.02 }];
    const many = async (n: number) => {
      for (let i = 0; i < n; i++) {
        telemetry.record(record({ ...telemetry.ids(), stages }));
        if (i % 500 === 0) await new Promise(setImmediate);
      }
    };
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    await many(20_000);
    gc();
    const before = process.memoryUsage().heapUsed;

    await many(20_000);

    gc();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(3e6);
    // Of 40,000 traces of four spans 512 wait, and a batch of 64 is on its way or, each minute, was given up.
    const { dropped } = await spans();
    expect(dropped / 4).toBeGreaterThanOrEqual(40_000 - 512 - 10 * 64);
    expect(lines).toHaveLength(1);
  });
});
