import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { service } from '#policies/shadow-q/served/service';
import { mayTake } from '#policies/shadow-q/served/start-up';
import { spec } from '#test/make';
import { watchedStarts } from '#test/policies/shadow-q/served/starting';
import { watched } from '#test/policies/shadow-q/served/watching';

const seeds = fc.integer({ min: 0, max: 999 });

describe('how long replicas take to start', () => {
  it('is found whatever is believed', () => {
    const beliefs = fc.double({ min: 0.3, max: 3.5, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 12, max: 150 }),
        beliefs,
        fc.constantFrom(5, 15),
        seeds,
        (truth, b, intervalSeconds, seed) => {
          const rarely = Math.ceil((2 * truth) / intervalSeconds);
          const given = { truth, believed: truth * b, intervalSeconds, seed, rarely, seconds: 300 * truth };
          const { estimate } = watchedStarts(given);
          // What lies within a quarter of the middle of an interval is left alone.
          expect(Math.abs(estimate - truth)).toBeLessThanOrEqual(truth / 3 + intervalSeconds);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([22, 90, 150])(
    'is the whole of nine intervals where it is 45 s and %d s are believed',
    (believed) => {
      expect(watchedStarts({ seconds: 7200, believed }).estimate).toBe(45);
    },
  );

  it('is left alone where it is believed rightly, whatever is ordered and taken back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 600 }),
        fc.constantFrom(5, 15, 30, 60),
        fc.integer({ min: 1, max: 40 }),
        seeds,
        (truth, intervalSeconds, rarely, seed) => {
          const given = { truth, believed: truth, intervalSeconds, rarely, seed };
          expect(watchedStarts({ ...given, seconds: 400 * intervalSeconds }).estimates).toEqual([truth]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is left alone where replicas take a quarter longer or less long', () => {
    for (const seed of [1, 2, 3, 4])
      expect(watchedStarts({ seconds: 40_000, variation: 0.25, rarely: 24, seed }).estimates).toEqual([45]);
  });

  it('is left alone until five starts were seen', () => {
    const seen = { seconds: 7200, believed: 90, rarely: 40 };
    const { meter } = watchedStarts(seen);
    const { samples } = meter.state();
    expect(samples.length).toBeGreaterThan(5);
    const withFirst = (n: number) =>
      watchedStarts({ ...seen, seconds: 0 }, { ...meter.state(), samples: samples.slice(0, n) });
    expect([withFirst(4).estimate, withFirst(5).estimate]).toEqual([90, 45]);
  });

  it('is no less than a quarter and no more than four times what is believed', () => {
    expect(watchedStarts({ seconds: 20_000, truth: 200, believed: 22, rarely: 100 }).estimate).toBe(85);
    expect(watchedStarts({ seconds: 20_000, truth: 20, believed: 300 }).estimate).toBe(75);
    expect([mayTake(22, 85), mayTake(22, 100), mayTake(300, 75), mayTake(300, 45)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });
});

describe('nothing is learnt', () => {
  const believed = 90;
  const samplesOf = (given: object): readonly number[] =>
    watchedStarts({ seconds: 7200, believed, ...given }).meter.state().samples;

  it('from starts that are cancelled', () => {
    expect(samplesOf({ takenBackAfter: 6 })).toEqual([]);
  });

  it('from what starts in a rollout, or while some looks are missed', () => {
    expect(samplesOf({ seen: (o: object) => ({ ...o, rollout: true }) })).toEqual([]);
    const sometimes = <O extends { atSeconds: number }>(o: O): O | undefined =>
      o.atSeconds % 30 === 0 ? undefined : o;
    expect(samplesOf({ seen: sometimes })).toEqual([]);
  });

  it('where it is to be as it was given', () => {
    const told = { seconds: 7200, startUpBelieved: 150 };
    expect(watched({ ...told, settings: { startUp: 'given' } }).changes).toEqual([]);
    expect(watched(told).it.startUpSeconds()).toBe(45);
  });
});

describe('who is made anew', () => {
  it('goes on as if it had never ended, wherever it was cut', () => {
    const given = { seconds: 3600, believed: 90 };
    const whole = watchedStarts(given).meter.state();
    for (const cut of [5, 295, 300, 1234]) {
      const before = watchedStarts({ ...given, until: cut }).meter.state();
      const after = watchedStarts({ ...given, from: cut }, JSON.parse(JSON.stringify(before)));
      expect(after.meter.state()).toEqual(whole);
    }
  });

  it('keeps what was found unless the words are of quite another target', () => {
    const { it } = watched({ seconds: 3600, startUpBelieved: 150 });
    const lawOf = (startUpSeconds: number) =>
      service({
        spec: spec({ startUpSeconds }),
        capacity: 'learned',
        lateness: 'learned',
        startUp: 'learned',
        start: it.state(),
      }).startUpSeconds();
    expect([lawOf(150), lawOf(60), lawOf(300)]).toEqual([45, 45, 300]);
  });
});
