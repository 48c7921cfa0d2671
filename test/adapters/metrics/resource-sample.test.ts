import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationSeconds, type PodUsage, usageOf } from '#adapters/metrics/pod-metrics';
import { resourceSample } from '#adapters/metrics/resource-sample';
import type { TargetPod } from '#adapters/metrics/target-pods';
import { startAt } from '#test/make';
import { pod } from './pod-servers.ts';

/** Ready for an hour, 500 milli and 128 MiB requested. */
const old = (name: string, more: Partial<TargetPod> = {}) =>
  pod(name, '10.0.0.1', { readyTransitionAt: startAt - 3600, ...more });
const usage = (cpuMilli: number, more: Partial<PodUsage> = {}): PodUsage => ({
  cpuMilli,
  memoryBytes: 2 ** 26,
  sampleAt: startAt - 20,
  windowSeconds: 15,
  ...more,
});
const read = (
  pods: readonly TargetPod[],
  usages: Readonly<Record<string, PodUsage>>,
  metric: 'cpu' | 'memory' = 'cpu',
) => resourceSample({ metric, staleAfterSeconds: 60 }, pods, ({ name }) => usages[name], startAt);

describe('what pods use of what they request', () => {
  it('is one ratio over all of them, as old as the oldest sample', () => {
    const usages = { a: usage(450), b: usage(50, { sampleAt: startAt - 30 }) };
    expect(read([old('a'), old('b')], usages)).toEqual({
      metric: 'cpu',
      source: 'metrics-server',
      state: 'ok',
      value: 0.5,
      ageSeconds: 30,
    });
    expect(read([old('a'), old('b')], usages, 'memory')).toMatchObject({ value: 0.5 });
  });

  it('is weighted by requests', () => {
    const large = old('b', { requests: { cpuMilli: 1500, memoryBytes: 1 } });
    // (500 + 500) / (500 + 1500)
    expect(read([old('a'), large], { a: usage(500), b: usage(500) }).value).toBe(0.5);
  });

  it('leaves out pods that are not ready, are going or have ended', () => {
    const others = [
      old('b', { ready: false }),
      old('c', { deleted: true }),
      old('d', { phase: 'Succeeded' }),
      old('e', { ready: undefined }),
    ];
    const usages = Object.fromEntries([...'abcde'].map((name) => [name, usage(name === 'a' ? 100 : 500)]));
    expect(read([old('a'), ...others], usages)).toMatchObject({ state: 'ok', value: 0.2 });
  });

  it('leaves out the CPU that a pod took to start, not its memory', () => {
    // Its window began 5 s before it was ready.
    const starting = old('b', { readyTransitionAt: startAt - 30 });
    const usages = { a: usage(100), b: usage(500) };
    expect(read([old('a'), starting], usages)).toMatchObject({ state: 'ok', value: 0.2 });
    expect(read([old('a'), starting], usages, 'memory')).toMatchObject({ value: 0.5 });
  });

  it('goes by the others while a new pod has no sample yet', () => {
    const fresh = old('b', { readyTransitionAt: startAt - 20 });
    expect(read([old('a'), fresh], { a: usage(400) })).toMatchObject({ state: 'ok', value: 0.8 });
  });

  it('is in doubt when most of the pods have no sample yet', () => {
    const fresh = ['b', 'c'].map((name) => old(name, { readyTransitionAt: startAt - 20 }));
    expect(read([old('a'), ...fresh], { a: usage(400) })).toMatchObject({
      state: 'stale',
      value: 0.8,
      detail: 'only 1 of 3 ready pods have a sample yet',
    });
  });

  it('is in doubt when a pod has no sample long after it was ready', () => {
    expect(read([old('a'), old('b')], { a: usage(400) })).toMatchObject({
      state: 'stale',
      value: 0.8,
      detail: '1 of 2 ready pods have no sample: b',
    });
  });

  it('is stale when one sample is', () => {
    const usages = { a: usage(100), b: usage(100, { sampleAt: startAt - 61 }) };
    expect(read([old('a'), old('b')], usages)).toMatchObject({ state: 'stale', ageSeconds: 61 });
  });

  it('is no number without pods, samples or requests', () => {
    const young = old('a', { readyTransitionAt: startAt - 5 });
    const greedy = old('a', { requests: { cpuMilli: undefined, memoryBytes: 1 } });
    expect(read([], {})).toMatchObject({ state: 'empty', detail: 'the target has no ready pod' });
    expect(read([young], {})).toMatchObject({ state: 'empty' });
    expect(read([old('a')], {})).toMatchObject({
      state: 'error',
      detail: 'none of 1 ready pods has a sample, a among them',
    });
    expect(read([greedy, old('b')], { a: usage(1), b: usage(1) })).toMatchObject({
      state: 'error',
      detail: 'no cpu request of a: set resources.requests.cpu',
    });
  });

  it('has a value exactly when it is good or stale, between the least and the greatest of its pods', () => {
    const anyPod = fc.record({
      ready: fc.boolean(),
      deleted: fc.boolean(),
      readyTransitionAt: fc.integer({ min: startAt - 300, max: startAt }),
      cpu: fc.option(fc.integer({ min: 0, max: 2000 })),
      age: fc.integer({ min: 0, max: 120 }),
    });
    fc.assert(
      fc.property(fc.array(anyPod, { maxLength: 8 }), (all) => {
        const pods = all.map(({ ready, deleted, readyTransitionAt }, i) =>
          old(`${i}`, { ready, deleted, readyTransitionAt }),
        );
        const usages = Object.fromEntries(
          all.flatMap(({ cpu, age }, i) =>
            cpu === null ? [] : [[`${i}`, usage(cpu, { sampleAt: startAt - age })] as const],
          ),
        );
        const { state, value, detail } = read(pods, usages);
        expect(Number.isFinite(value)).toBe(state === 'ok' || state === 'stale');
        expect(detail === undefined).toBe(state === 'ok');
        const ratios = all.flatMap(({ cpu }) => (cpu === null ? [] : [cpu / 500]));
        if (value !== undefined) {
          expect(value).toBeGreaterThanOrEqual(Math.min(...ratios) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(...ratios) + 1e-9);
        }
      }),
    );
  });
});

describe('metrics of a pod', () => {
  const metrics = (...usages: readonly Record<string, string>[]) => ({
    metadata: { name: 'web-1' },
    timestamp: '2026-01-05T00:00:10Z',
    window: '10.032s',
    containers: usages.map((usage) => ({ usage })),
  });

  it('are summed over containers, each rounded up as the HPA does', () => {
    const given = metrics({ cpu: '449998003n', memory: '64Mi' }, { cpu: '1n', memory: '1Ki' });
    expect(usageOf(given)).toEqual({
      cpuMilli: 451,
      memoryBytes: 67_109_888,
      sampleAt: startAt + 10,
      windowSeconds: 10.032,
    });
  });

  it('are unknown where a container has none', () => {
    expect(usageOf(metrics({ cpu: '1m', memory: '1' }, { memory: '1' }))).toMatchObject({
      cpuMilli: undefined,
      memoryBytes: 2,
    });
    expect(usageOf(metrics())).toMatchObject({ cpuMilli: undefined, memoryBytes: undefined });
    expect(usageOf({ ...metrics({ cpu: '1' }), timestamp: 'now' })).toBeUndefined();
  });

  it.each([
    ['15.1s', 15.1],
    ['1m30s', 90],
    ['1h2m3.5s', 3723.5],
    ['500ms', 0.5],
    ['0', 0],
    ['', undefined],
    ['15', undefined],
    ['1m 30s', undefined],
  ])('have a window as Go writes it: %j', (text, seconds) => {
    if (seconds === undefined) expect(durationSeconds(text)).toBeUndefined();
    else expect(durationSeconds(text)).toBeCloseTo(seconds, 9);
  });
});
