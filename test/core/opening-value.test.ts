import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openingValue } from '#core/opening-value';

it('is the first step at which something opens, whichever way and however far', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.constantFrom(1, 10, 1000),
      (from, turn, steps) => {
        const up = turn > from;
        const opens = (value: number): boolean => (up ? value >= turn : value <= turn);
        const found = openingValue(from, up, steps, opens)!;
        expect(opens(found)).toBe(true);
        expect(Number.isInteger(Math.round(found * steps))).toBe(true);
        const short = (Math.round(found * steps) + (up ? -1 : 1)) / steps;
        // What opens at once opens at the step next to where it is.
        if (up ? short > from : short < from) expect(opens(short)).toBe(false);
      },
    ),
  );
});

it('is none where nothing ever opens', () => {
  expect(openingValue(5, true, 10, () => false)).toBe(undefined);
  expect(openingValue(5, false, 10, () => false)).toBe(undefined);
});
