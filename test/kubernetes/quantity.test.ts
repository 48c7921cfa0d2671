import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { milliOf, wholeOf } from '#kubernetes/quantity';

describe('a quantity of Kubernetes', () => {
  it.each([
    ['0', 0, 0],
    ['1', 1000, 1],
    ['100m', 100, 1],
    ['1.5', 1500, 2],
    ['.5', 500, 1],
    ['5.', 5000, 5],
    ['123456n', 1, 1],
    ['449998003n', 450, 1],
    ['250u', 1, 1],
    ['2k', 2_000_000, 2000],
    ['1e3', 1_000_000, 1000],
    ['1E3', 1_000_000, 1000],
    ['1.25e-1', 125, 1],
    ['1E', 1e21, 1e18],
    ['64Mi', 67_108_864_000, 67_108_864],
    ['1Gi', 1_073_741_824_000, 1_073_741_824],
    ['0.5Ki', 512_000, 512],
    ['-1.5', -1500, -2],
    ['+3', 3000, 3],
  ])('is read with its suffix: %s', (text, milli, whole) => {
    expect([milliOf(text), wholeOf(text)]).toEqual([milli, whole]);
  });

  it.each([
    '',
    'm',
    '.',
    '1 Gi',
    '1gi',
    '1K',
    '1mi',
    '1e',
    '1e3k',
    '0x10',
    '1,5',
    'NaN',
    '1e999999999',
    '--1',
  ])('is none otherwise: %j', (text) => {
    expect([milliOf(text), wholeOf(text)]).toEqual([undefined, undefined]);
  });

  it('is rounded away from zero, by less than one unit', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        fc.constantFrom(
          ...([
            ['n', 6n],
            ['u', 3n],
            ['m', 0n],
          ] as const),
        ),
        (count, [suffix, below]) => {
          const unit = 10n ** below;
          const milli = BigInt(milliOf(`${count}${suffix}`)!);
          expect(milli * unit >= count && milli * unit < count + unit).toBe(true);
          expect(milliOf(`-${count}${suffix}`)).toBe(-Number(milli));
        },
      ),
    );
  });

  it('is the same in whatever suffix it is written', () => {
    const up: readonly (readonly [string, string])[] = [
      ['n', 'u'],
      ['u', 'm'],
      ['m', ''],
      ['', 'k'],
      ['k', 'M'],
      ['M', 'G'],
    ];
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(...up), (count, [small, large]) => {
        expect(milliOf(`${count * 1000}${small}`)).toBe(milliOf(`${count}${large}`));
        const point = (count / 1000).toFixed(3);
        expect(milliOf(`${point}${large}`)).toBe(milliOf(`${count}${small}`));
      }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (count) => {
        expect(wholeOf(`${count * 1024}Ki`)).toBe(wholeOf(`${count}Mi`));
        expect(wholeOf(`${count}e3`)).toBe(wholeOf(`${count}k`));
      }),
    );
  });

  it('throws on no text', () => {
    const signs = fc.string({ unit: fc.constantFrom(...'0123456789.eE+-numkKMGTPi ') });
    fc.assert(
      fc.property(fc.oneof(fc.string(), signs), (text) => {
        const milli = milliOf(text);
        expect(milli === undefined || Number.isFinite(milli)).toBe(true);
      }),
    );
  });
});
