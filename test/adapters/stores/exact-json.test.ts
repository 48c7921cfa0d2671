import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fromJson, toJson } from '#adapters/stores/exact-json';

it('gives every value back, NaN and the infinities among them (law)', () => {
  // JSON has no -0.
  const value = fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.parse(JSON.stringify(json)));
  const values = fc.array(fc.oneof(value, fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308, 5e-324)));
  fc.assert(
    fc.property(values, (given) => {
      expect(fromJson(toJson(given))).toEqual(given);
    }),
  );
});
