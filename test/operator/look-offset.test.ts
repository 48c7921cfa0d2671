import fc from 'fast-check';
import { expect, test } from 'vitest';
import { settledAfterSeconds } from '#adapters/metrics/operator-sources';
import { lookOffsetSeconds } from '#operator/look-offset';
import { target } from '#test/make';
import { slotFrom } from '#workflows/loop';

test('the newest settled step of a counter is never a third of an interval older than it must be', () => {
  const intervals = fc.integer({ min: 1, max: 120 }).map((n) => 5 * n);
  fc.assert(
    fc.property(fc.string(), intervals, fc.nat(1e9), (name, intervalSeconds, from) => {
      const at = slotFrom(from, intervalSeconds, lookOffsetSeconds(target(name), intervalSeconds));
      // Scraped as often as it is looked at, the worst case.
      const end = Math.floor((at - settledAfterSeconds) / intervalSeconds) * intervalSeconds;
      expect(at - end).toBeGreaterThanOrEqual(settledAfterSeconds);
      expect(at - end).toBeLessThan(settledAfterSeconds + intervalSeconds / 3);
    }),
  );
});
