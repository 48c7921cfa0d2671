import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { settledAfterSeconds } from '#adapters/metrics/operator-sources';
import { lookOffsetSeconds } from '#operator/look-offset';
import { target } from '#test/make';
import { slotFrom } from '#workflows/loop';

const fives = fc.integer({ min: 1, max: 120 }).map((n) => 5 * n);
const offsets = (intervalSeconds: number, metricAgeSeconds: number): readonly number[] =>
  Array.from({ length: 2000 }, (_, i) =>
    lookOffsetSeconds(target(`app-${i}`), { intervalSeconds, metricAgeSeconds }),
  );
const inEachSecond = (all: readonly number[], seconds: number): readonly number[] =>
  Array.from(
    { length: seconds },
    (_, s) => all.filter((at) => Math.floor(at - settledAfterSeconds) === s).length,
  );

describe('the instant of a look', () => {
  it('is never a third of an interval later than the newest settled step of a counter wants it', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fives,
        fc.integer({ min: 1, max: 8 }),
        fc.nat(1e9),
        (name, stepSeconds, steps, from) => {
          const spec = { intervalSeconds: steps * stepSeconds, metricAgeSeconds: stepSeconds };
          const at = slotFrom(from, spec.intervalSeconds, lookOffsetSeconds(target(name), spec));
          const end = Math.floor((at - settledAfterSeconds) / stepSeconds) * stepSeconds;
          expect(at - end).toBeGreaterThanOrEqual(settledAfterSeconds);
          expect(at - end).toBeLessThan(settledAfterSeconds + spec.intervalSeconds / 3);
        },
      ),
    );
  });

  it('is as likely in each second of the interval where steps are a third of it', () => {
    for (const looks of inEachSecond(offsets(15, 5), 15)) expect(looks).toBeGreaterThan(2000 / 15 / 2);
  });

  it('lies in the first third where a step is as long as the interval, or not a part of it', () => {
    for (const stepSeconds of [15, 10, 0])
      expect(Math.max(...offsets(15, stepSeconds))).toBeLessThan(settledAfterSeconds + 5);
  });
});
