import { expect, test } from 'vitest';
import { spec as specOf } from '#test/make';
import { calibration } from './calibration.ts';
import { simulatedHpa } from './simulated-hpa.ts';

const spec = specOf({ startUpSeconds: 20, sloSeconds: 0.25 });
const arrivals = Float64Array.from({ length: 900 }, (_, t) => 400 + 250 * Math.sin(t / 70));
const given = {
  arrivals,
  spec,
  knobs: { percent: 60, stabilizationSeconds: 60 },
  initialReplicas: 14,
  warmUpSeconds: 120,
};

test('what the simulated HPA did itself is no distance from it, where it begins alike', () => {
  const { desired } = simulatedHpa(given, 4);
  const found = calibration(given, desired);
  expect(found.nearestSizeDifferenceRatio).toBe(0);
  expect(found.nearest).toEqual(desired);
  expect(found.replicaHoursRatio).toBeCloseTo(1, 1);
});

test('a real HPA that is twice as large is as far away as it is large', () => {
  const twice = simulatedHpa(given, 0).desired.map((size) => 2 * size);
  const found = calibration(given, twice);
  expect(found.nearestSizeDifferenceRatio).toBeCloseTo(0.5, 2);
  expect(found.replicaHoursRange[0]).toBeLessThan(0.51);
});

test('the simulated HPA counts nothing of the warm-up', () => {
  const { desired, replicaHours } = simulatedHpa(given, 0);
  const scored = desired.slice(given.warmUpSeconds);
  // A size ordered within a second counts for that second in both.
  expect(replicaHours).toBeCloseTo(scored.reduce((sum, size) => sum + size, 0) / 3600, 6);
});
