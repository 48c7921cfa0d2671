import { expect, test } from 'vitest';
import { pacedClock } from '#adapters/clocks/paced';
import { systemClock } from '#adapters/clocks/system';
import type { Clock } from '#ports';
import { startAt } from '#test/make';

const clocks: Record<string, () => Clock> = {
  system: systemClock,
  paced: () => pacedClock(systemClock(), startAt, 60),
};

test.each(Object.entries(clocks))('%s: what is past is there at once', async (_, make) => {
  const clock = make();
  const before = clock.now();
  await clock.until(before - 10);
  expect(clock.now()).toBeGreaterThanOrEqual(before);
});

test.each(Object.entries(clocks))('%s: an appointment is not before its time', async (_, make) => {
  const clock = make();
  const at = clock.now() + 0.02;
  await clock.until(at);
  expect(clock.now()).toBeGreaterThanOrEqual(at);
});

test.each(Object.entries(clocks))('%s: a stop ends the wait with its reason', async (_, make) => {
  const clock = make();
  const stop = new AbortController();
  const wait = clock.until(clock.now() + 1e9, stop.signal);
  stop.abort(new Error('TERM'));
  await expect(wait).rejects.toThrow('TERM');
  await expect(clock.until(clock.now() + 1, stop.signal)).rejects.toThrow('TERM');
});

test('a paced clock waits a share of the time on its base, and jumps', async () => {
  const asked: number[] = [];
  const base: Clock = { now: () => 1000, until: async (at) => void asked.push(at) };
  const clock = pacedClock(base, startAt, 60);
  await clock.until(startAt + 90);
  // 90 s at 60 times the speed are 1.5 s.
  expect(asked).toEqual([1001.5]);
  expect(clock.now()).toBe(startAt + 90);
});
