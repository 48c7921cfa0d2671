import { describe, expect, it } from 'vitest';
import { doubt, fallback, inFallback, staleAfterSeconds, teaches } from '#core/doubt';
import { legal } from '#core/limits';
import type { Observation } from '#core/model';
import { emptyPast } from '#core/past';
import { observation, replicas, sample, spec, startAt } from '#test/make';

const aged = (ageSeconds: number): Observation => observation({ samples: [sample({ ageSeconds })] });
const without = (...samples: Observation['samples']): Observation =>
  observation({ demand: undefined, samples });
const range = (o: Observation, misses = 0) => {
  const { low, high } = legal(o, spec(), { ...emptyPast, misses });
  return [low, high];
};

describe('doubt about the metrics', () => {
  it('holds when demand is older than 15 s, or than twice the normal age where that is more', () => {
    expect([doubt(aged(15), spec()), doubt(aged(15.1), spec())]).toEqual(['none', 'stale']);
    expect(staleAfterSeconds(spec({ metricAgeSeconds: 30 }))).toBe(60);
    expect(range(aged(16))).toEqual([4, 4]);
  });

  it('holds when there is no demand, or none that is a number', () => {
    expect(range(without())).toEqual([4, 4]);
    expect(range(observation({ demand: Number.NaN }))).toEqual([4, 4]);
  });

  it('tells demand that has grown old from demand that is not there', () => {
    const late = sample({ state: 'stale', ageSeconds: 40 });
    expect(doubt(without(late), spec())).toBe('stale');
    expect(doubt(without(sample({ metric: 'cpu', state: 'stale' })), spec())).toBe('missing');
    expect(range(without(late))).toEqual([4, 4]);
  });

  it('may raise and not lower while any sample is not ok', () => {
    const partial = observation({
      samples: [sample(), sample({ metric: 'cpu', state: 'error', value: undefined })],
    });
    expect(range(partial)).toEqual([4, 50]);
  });

  it('may raise and not lower when a good sample is no number, or the newest arrivals were not counted', () => {
    const counted = (...counts: number[]) => ({ arrivals: { startsAt: 0, stepSeconds: 1, counts } });
    const strange = observation({ samples: [sample(), sample({ metric: 'cpu', value: Number.NaN })] });
    expect(range(strange)).toEqual([4, 50]);
    expect(range(observation(counted(3, Number.NaN)))).toEqual([4, 50]);
    expect(range(observation(counted(Number.NaN, 3)))).toEqual([1, 50]);
    expect(range(observation(counted()))).toEqual([1, 50]);
  });

  it('neither lowers nor teaches in a rollout', () => {
    const rollout = observation({ rollout: true });
    expect(range(rollout)).toEqual([4, 50]);
    expect([teaches(rollout, aged(1), spec()), teaches(aged(1), aged(1), spec())]).toEqual([false, true]);
  });
});

it('learns nothing from a size that somebody else set', () => {
  const held = { ...aged(1), holder: { writer: 'kubectl', reason: 'ManualScaling' as const } };
  expect([teaches(held, aged(1), spec()), teaches(aged(1), held, spec())]).toEqual([false, false]);
});

describe('the HPA rule after three misses', () => {
  const cpu = (value: number) => without(sample({ metric: 'cpu', value }));

  it('takes over with the third miss in a row, if anything is left to go by', () => {
    const third = { ...emptyPast, misses: 2 };
    expect(inFallback(cpu(0.9), spec(), { ...emptyPast, misses: 1 })).toBe(false);
    expect(inFallback(cpu(0.9), spec(), third)).toBe(true);
    expect(inFallback(without(), spec(), third)).toBe(false);
    expect([range(cpu(0.9), 1), range(cpu(0.9), 2)]).toEqual([
      [4, 4],
      [4, 50],
    ]);
  });

  it('never takes over where the size is to be held', () => {
    const hold = spec({ onMetricLoss: { action: 'Hold' } });
    expect(inFallback(cpu(0.9), hold, { ...emptyPast, misses: 100, missedSince: 0 })).toBe(false);
  });

  it('waits for as long as the spec asks, and for three misses', () => {
    const wait = spec({ onMetricLoss: { action: 'HpaRule', afterSeconds: 120 } });
    const since = (seconds: number, misses = 9) => ({ ...emptyPast, misses, missedSince: startAt - seconds });
    expect(inFallback(cpu(0.9), wait, since(119))).toBe(false);
    expect(inFallback(cpu(0.9), wait, since(120))).toBe(true);
    expect(inFallback(cpu(0.9), wait, since(120, 1))).toBe(false);
  });

  it('raises to the size at which CPU stands at .62', () => {
    // ceil(4 · .9 / .62) = ceil(5.81)
    expect(fallback(cpu(0.9), spec())).toMatchObject({ action: 2, reason: 'FallbackRaised' });
  });

  it('never lowers', () => {
    expect(fallback(cpu(0.1), spec())).toMatchObject({ action: 0, reason: 'FallbackHeld' });
  });

  it('raises for memory only where that hurts', () => {
    expect(fallback(without(sample({ metric: 'memory', value: 0.8 })), spec()).action).toBe(0);
    // ceil(4 · .95 / .85) = 5
    expect(fallback(without(sample({ metric: 'memory', value: 0.95 })), spec()).action).toBe(1);
  });

  it('raises to the greatest size at most, and leaves a greater one', () => {
    const o = { ...cpu(1), replicas: replicas({ desired: 60, ready: 60 }) };
    expect(fallback(o, spec({ maxReplicas: 50 })).action).toBe(0);
  });
});
