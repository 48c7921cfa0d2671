import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWhole, type Whole, whole } from '#core/recording';
import { startAt } from '#test/make';

const _ = Number.NaN;
const recording = (...rps: readonly number[]) => ({ startsAt: startAt, stepSeconds: 15, rps });
const holed = recording(_, 5, 6, _, _, 7, 8, 9, _, 4, _);

describe('a recording', () => {
  it('without a hole is taken as it is', () => {
    expect(whole(recording(1, 2, 3), undefined)).toEqual({
      startsAt: startAt,
      stepSeconds: 15,
      rps: Float64Array.of(1, 2, 3),
      gaps: [],
      heldSeconds: 0,
    });
  });

  it('with holes is refused by naming each: how long, and where', () => {
    expect(whole(holed, undefined)).toEqual([
      { startsAt: startAt + 3 * 15, seconds: 30 },
      { startsAt: startAt + 8 * 15, seconds: 15 },
    ]);
  });

  it('that is held repeats the last rate, and counts for how long', () => {
    expect(whole(holed, 'hold')).toMatchObject({
      startsAt: startAt + 15,
      rps: Float64Array.of(5, 6, 6, 6, 7, 8, 9, 9, 4),
      heldSeconds: 45,
    });
  });

  it('that is cut keeps its longest whole stretch, and repeats nothing', () => {
    expect(whole(holed, 'cut')).toMatchObject({
      startsAt: startAt + 5 * 15,
      rps: Float64Array.of(7, 8, 9),
      heldSeconds: 0,
    });
  });

  it('without any rate is one gap', () => {
    expect(whole(recording(_, _), 'hold')).toEqual([{ startsAt: startAt, seconds: 30 }]);
  });

  it('holds no hole once it is whole, and no rate that was not recorded', () => {
    const rates = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(_)), { minLength: 1 });
    fc.assert(
      fc.property(rates, fc.constantFrom('hold' as const, 'cut' as const), (rps, treatment) => {
        const result = whole(recording(...rps), treatment);
        fc.pre(isWhole(result));
        const { rps: taken, startsAt } = result as Whole;
        const from = (startsAt - startAt) / 15;
        taken.forEach((rate, i) => {
          expect(rate).toBe(Number.isNaN(rps[from + i]!) ? taken[i - 1] : rps[from + i]);
        });
      }),
    );
  });
});
