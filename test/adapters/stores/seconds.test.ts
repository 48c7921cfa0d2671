import fc from 'fast-check';
import { expect, it } from 'vitest';
import { overlay, packHour, toSeconds, unpackHour } from '#adapters/stores/seconds';

it('keeps the number of requests, however long the steps (law)', () => {
  const counts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 50 });
  const step = fc.constantFrom(0.25, 0.5, 1, 1.5, 2, 15, 60);
  fc.assert(
    fc.property(counts, step, (given, stepSeconds) => {
      const { counts: seconds } = toSeconds({ startsAt: 0, stepSeconds, counts: given });
      const [sum, wanted] = [seconds.reduce((a, b) => a + b, 0), given.reduce((a, b) => a + b, 0)];
      expect(Math.abs(sum - wanted)).toBeLessThanOrEqual(1e-4 * wanted);
    }),
  );
});

it('leaves a step that was not recorded unrecorded in each of its seconds', () => {
  const { counts } = toSeconds({ startsAt: 0, stepSeconds: 2, counts: [2, Number.NaN, 4] });
  expect(counts).toEqual(Float32Array.of(1, 1, Number.NaN, Number.NaN, 2, 2));
});

it('packs an hour without changing a bit (law)', () => {
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 300 }), (counts) => {
      expect(unpackHour(packHour(counts))).toEqual(counts);
    }),
  );
});

it('writes over what it covers, at either end', () => {
  const into = { startsAt: 10, counts: Float32Array.of(1, 2, 3) };
  overlay(into, { startsAt: 8, counts: Float32Array.of(7, 8, 9) });
  overlay(into, { startsAt: 12, counts: Float32Array.of(5, 6) });
  expect(into.counts).toEqual(Float32Array.of(9, 2, 5));
});
