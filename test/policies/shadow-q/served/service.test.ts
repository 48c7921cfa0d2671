import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation, Sample } from '#core/model';
import { overAMinute, watched } from '#test/policies/shadow-q/served/watching';

const withCpu =
  (turn: (cpu: Sample) => Sample) =>
  (o: Observation): Observation => ({
    ...o,
    samples: o.samples.map((sample) => (sample.metric === 'cpu' ? turn(sample) : sample)),
  });

describe('what a replica serves', () => {
  it('is found within ten minutes, whatever is believed', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(20, 50, 120),
        fc.double({ min: 0.5, max: 2, noNaN: true }),
        fc.integer({ min: 0, max: 999 }),
        (truth, belief, seed) => {
          const { it } = watched({ seconds: 660, truth, believed: truth * belief, seed });
          // It is left alone within a band of 3 %.
          expect(Math.abs(it.capacityPerReplica() / truth - 1)).toBeLessThan(0.031);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is left alone where it is believed rightly', () => {
    expect(watched({ seconds: 7200 }).changes).toEqual([]);
  });

  it('is no more than three times and no less than a third of what is believed', () => {
    expect(watched({ seconds: 1200, believed: 400 }).it.capacityPerReplica()).toBeCloseTo(400 / 3, 0);
  });

  it('is as it was given where there is no CPU, or where it is to be', () => {
    const without = (o: Observation): Observation => ({
      ...o,
      samples: o.samples.filter(({ metric }) => metric !== 'cpu'),
    });
    const settings = { lateness: 'given' } as const;
    expect(watched({ seconds: 3600, believed: 70, seen: without, settings }).changes).toEqual([]);
    const given = { capacity: 'given', lateness: 'given' } as const;
    expect(watched({ seconds: 3600, believed: 70, settings: given }).changes).toEqual([]);
  });

  it.each<[string, (o: Observation) => Observation]>([
    ['empty', withCpu((cpu) => ({ ...cpu, value: undefined, state: 'empty' }))],
    ['stale', withCpu((cpu) => (cpu.value === undefined ? cpu : { ...cpu, state: 'stale' }))],
    ['older than the source says', withCpu((cpu) => ({ ...cpu, ageSeconds: 40 }))],
    ['no number', withCpu((cpu) => ({ ...cpu, value: Number.NaN }))],
    ['of an idle fleet', withCpu((cpu) => ({ ...cpu, value: 0.1 }))],
    ['of a full fleet', withCpu((cpu) => ({ ...cpu, value: 0.95 }))],
    ['of a rollout', (o) => ({ ...o, rollout: true })],
  ])('is not learnt from CPU that is %s', (_, seen) => {
    expect(watched({ seconds: 3600, believed: 70, seen, settings: { lateness: 'given' } }).changes).toEqual(
      [],
    );
  });

  it('is not learnt from a fleet that was another a moment ago', () => {
    const restless = (o: Observation): Observation => ({
      ...o,
      replicas: { ...o.replicas, ready: o.replicas.ready + ((o.atSeconds / 5) % 2) },
    });
    expect(watched({ seconds: 3600, believed: 70, seen: restless }).changes).toEqual([]);
  });

  it('is not believed to be more while requests are late that it does not explain', () => {
    // Replicas that wait for a database: half the CPU, as many late as ever.
    const waiting = withCpu((cpu) => (cpu.value === undefined ? cpu : { ...cpu, value: cpu.value / 2 }));
    const { it } = watched({ seconds: 7200, seen: waiting });
    expect(it.capacityPerReplica()).toBe(50);
    // Nor where nobody counts late requests.
    const unseen = (o: Observation): Observation => ({ ...waiting(o), lateRatio: undefined });
    expect(watched({ seconds: 7200, seen: unseen }).changes).toEqual([]);
  });

  it('is believed to be more no longer once requests are late that it does not explain', () => {
    const later = (o: Observation): Observation =>
      o.atSeconds < 1800 || o.lateRatio === undefined ? o : { ...o, lateRatio: 0.3 };
    const { changes } = watched({ seconds: 2700, believed: 40, seen: later });
    expect(changes[0]).toMatchObject({ atSeconds: 600, capacityPerReplica: 50 });
    expect(changes.find(({ atSeconds }) => atSeconds > 1800)).toMatchObject({ capacityPerReplica: 40 });
  });
});

describe('how late requests get', () => {
  // The tail falls off at 2/(1 + cv²) of the usual rate.
  it.each([
    [2, 0.4],
    [0.5, 1.6],
    [1.5, 0.615],
  ])('is found where service times vary by %d', (serviceVariation, sharpness) => {
    const { it } = watched({ seconds: 3600, serviceVariation });
    expect(it.sharpness() / sharpness).toBeGreaterThan(0.9);
    expect(it.sharpness() / sharpness).toBeLessThan(1.1);
    expect(it.capacityPerReplica()).toBe(50);
  });

  it('is found beside the capacity', () => {
    const { it } = watched({ seconds: 3600, serviceVariation: 2, believed: 62 });
    expect(it.capacityPerReplica()).toBeCloseTo(50, 0);
    expect(it.law()!.tailPerSecond / 20).toBeCloseTo(1, 0.9);
  });

  it('is not concluded from ten minutes', () => {
    expect(watched({ seconds: 700, serviceVariation: 2 }).changes).toEqual([]);
  });

  it('is not concluded from an outage of half an hour', () => {
    const outage = (o: Observation): Observation =>
      o.lateRatio !== undefined && o.atSeconds > 7200 && o.atSeconds < 9000 ? { ...o, lateRatio: 0.5 } : o;
    expect(watched({ seconds: 10_800, seen: outage }).changes).toEqual([]);
  });

  it('is the usual law where late requests are not counted, or none was ever seen', () => {
    for (const lateRatio of [undefined, 0, Number.NaN, -1, 2])
      expect(
        watched({ seconds: 7200, serviceVariation: 2, seen: (o) => ({ ...o, lateRatio }) }).changes,
      ).toEqual([]);
  });
});

describe('means over a minute', () => {
  it('say what a replica serves, and about how late its requests get', () => {
    const { it } = watched({ seconds: 5400, serviceVariation: 2, believed: 65, seen: overAMinute() });
    expect(Math.abs(it.capacityPerReplica() / 50 - 1)).toBeLessThan(0.06);
    expect(it.law()!.tailPerSecond / 20).toBeGreaterThan(0.75);
    expect(it.law()!.tailPerSecond / 20).toBeLessThan(1.33);
  });
});

describe('who is made anew', () => {
  it('goes on as if it had never ended, wherever it was cut', () => {
    const given = { seconds: 3600, serviceVariation: 2, believed: 62 };
    const whole = watched(given).it.state();
    for (const cut of [5, 295, 300, 305, 1234]) {
      const before = watched({ ...given, until: cut }).it.state();
      const after = watched({ ...given, from: cut }, JSON.parse(JSON.stringify(before)));
      expect(after.it.state()).toEqual(whole);
    }
  });

  it('by other words keeps what was found, unless they are of quite another target', () => {
    const { it } = watched({ seconds: 3600, believed: 62 });
    const corrected = watched({ seconds: 3600, believed: 50, from: 3600 }, it.state());
    expect(corrected.it.capacityPerReplica()).toBeCloseTo(50, 0);
    const other = watched({ seconds: 0, believed: 500 }, it.state()).it;
    expect([other.law(), other.capacityPerReplica()]).toEqual([undefined, 500]);
    const settings = { capacity: 'given', lateness: 'given' } as const;
    expect(watched({ seconds: 0, believed: 62, settings }, it.state()).it.law()).toBeUndefined();
  });
});
