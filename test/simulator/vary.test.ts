import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Load } from '#simulator/load';
import { firstHours, type Variation, variationOf, varied } from '#simulator/vary';

const load = (rps: readonly number[], stepSeconds = 60): Load => ({
  name: 'any',
  stepSeconds,
  rps: Float64Array.from(rps),
});
const as = (change: Partial<Variation>): Variation => ({
  offsetSteps: 0,
  stretch: 1,
  amplitude: 1,
  ...change,
});
const some = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 2, maxLength: 50 });

describe('a varied load', () => {
  it('begins elsewhere, its end joined to its beginning', () => {
    expect([...varied(load([1, 2, 3, 4]), as({ offsetSteps: 3 })).rps]).toEqual([4, 1, 2, 3]);
  });

  it('is the recorded one when nothing varies', () => {
    fc.assert(
      fc.property(some, fc.constantFrom(1, 15, 60), (rps, step) => {
        expect(varied(load(rps, step), as({}))).toEqual(load(rps, step));
      }),
    );
  });

  it('of coarse readings is stretched by its step, in whole seconds', () => {
    // 60 s · 1.25 = 75 s
    expect(varied(load([1, 2]), as({ stretch: 1.25 }))).toEqual(load([1, 2], 75));
  });

  it('of counts takes each second from the nearest, so that counts stay counts', () => {
    // 4 s · 1.5 = 6 s; their middles .5, 1.5, … · 4/6 = .33, 1, 1.67, 2.33, 3, 3.67
    expect([...varied(load([10, 20, 30, 40], 1), as({ stretch: 1.5 })).rps]).toEqual([
      10, 20, 20, 30, 40, 40,
    ]);
  });

  it('grows with its amplitude', () => {
    expect([...varied(load([1, 2]), as({ amplitude: 1.5 })).rps]).toEqual([1.5, 3]);
  });

  it('lasts its first hours alone', () => {
    expect(firstHours(load([1, 2, 3, 4], 1800), 1).rps.length).toBe(2);
  });
});

describe('a variation', () => {
  const ranges = { offset: true, stretch: [0.8, 1.25], amplitude: [0.5, 2] } as const;

  it('stays within its ranges, and is the same for the same seed', () => {
    fc.assert(
      fc.property(some, fc.nat(), (rps, seed) => {
        const drawn = variationOf(load(rps), ranges, seed);
        expect(drawn).toEqual(variationOf(load(rps), ranges, seed));
        expect(drawn.offsetSteps).toBeLessThan(rps.length);
        expect(drawn.stretch).toBeGreaterThanOrEqual(0.8);
        expect(drawn.stretch).toBeLessThanOrEqual(1.25);
        expect(drawn.amplitude).toBeGreaterThanOrEqual(0.5);
        expect(drawn.amplitude).toBeLessThanOrEqual(2);
      }),
    );
  });

  it('of one kind does not hang on whether the others vary', () => {
    const { stretch } = variationOf(load([1, 2, 3]), { stretch: [0.8, 1.25] }, 7);
    expect(stretch).toBe(variationOf(load([1, 2, 3]), ranges, 7).stretch);
  });

  it('without ranges changes nothing', () => {
    expect(variationOf(load([1, 2, 3]), {}, 7)).toEqual(as({}));
  });
});
