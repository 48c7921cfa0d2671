import { expect, test } from 'vitest';
import { wavesText } from './waves-page.ts';

const given = {
  names: ['app-0', 'app-1'],
  seed: 1,
  capacityPerReplica: 50,
  sloSeconds: 0.25,
  meanReplicas: 0.4,
  swingRatio: 0.5,
};
const page = wavesText(given);
const seriesAt = (atSeconds: number, name: string): readonly number[] =>
  [...page(atSeconds).matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gm'))].map(([, value]) =>
    Number(value),
  );

test('a wave’s counter never falls, and its increase is what its CPU says of the demand', () => {
  for (let t = 0; t < 3600; t += 60) {
    const [before, after] = [seriesAt(t, 'http_requests_total'), seriesAt(t + 1, 'http_requests_total')];
    const cpu = seriesAt(t + 0.5, 'cpu');
    before.forEach((count, i) => {
      // The counter is a whole number: a second's increase is right to one request.
      expect(Math.abs(after[i]! - count - cpu[i]! * given.capacityPerReplica)).toBeLessThan(1.01);
      expect(after[i]).toBeGreaterThan(count);
    });
  }
});

test('one replica is enough for each wave at all times', () => {
  for (let t = 0; t < 3600; t += 60)
    for (const cpu of seriesAt(t, 'cpu')) {
      expect(cpu).toBeGreaterThanOrEqual(0.2);
      expect(cpu).toBeLessThanOrEqual(0.6);
    }
});

test('waves differ from each other, and one seed makes the same ones again', () => {
  const [first, second] = seriesAt(600, 'cpu');
  expect(first).not.toBe(second);
  expect(wavesText(given)(600)).toBe(page(600));
});
