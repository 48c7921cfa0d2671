import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeFloat32, decodeFloat64, encodeFloats } from '#core/encoding';

it('numbers come back from text to the last bit', () => {
  fc.assert(
    fc.property(fc.float64Array({ maxLength: 50 }), fc.float32Array({ maxLength: 50 }), (wide, narrow) => {
      expect(decodeFloat64(encodeFloats(wide))).toEqual(wide);
      expect(decodeFloat32(encodeFloats(narrow))).toEqual(narrow);
    }),
  );
});

it('a part of a larger array is written alone', () => {
  const all = Float32Array.from({ length: 100 }, (_, i) => i);
  expect(decodeFloat32(encodeFloats(all.subarray(10, 13)))).toEqual(Float32Array.of(10, 11, 12));
});

it('bytes lie little end first, as anybody would read them', () => {
  // 1.0 is 3f800000.
  expect(Buffer.from(encodeFloats(Float32Array.of(1)), 'base64').toString('hex')).toBe('0000803f');
});

it('long arrays are written whole', () => {
  const long = Float64Array.from({ length: 20_000 }, (_, i) => i / 7);
  expect(decodeFloat64(encodeFloats(long))).toEqual(long);
});
