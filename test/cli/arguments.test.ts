import { describe, expect, it } from 'vitest';
import { durationArgument } from '#cli/arguments';
import { estimatedCapacity } from '#cli/simulate/own-history';
import { startAt } from '#test/make';

describe('a duration', () => {
  it.each([
    ['15s', 15],
    ['7d', 604_800],
    ['1h30m', 5400],
    ['2w', 1_209_600],
  ])('%s is whole seconds', (text, seconds) => {
    expect(durationArgument(text)).toBe(seconds);
  });

  it.each(['', '7', 'd', '1.5h', '0s', '7 d', '-1d', '1h30'])('is not "%s"', (text) => {
    expect(() => durationArgument(text)).toThrow('Give a time like 15s, 24h, 7d or 1h30m.');
  });
});

describe('the capacity of a replica', () => {
  const recording = (...rps: readonly number[]) => ({ startsAt: startAt, stepSeconds: 15, rps });

  it('is requests over busy replicas, where both are known', () => {
    // (100 + 200)·15 requests over (2 + 4)·15 s
    const estimate = estimatedCapacity(
      'busy',
      recording(100, 9, Number.NaN, 200),
      recording(2, Number.NaN, 9, 4),
    );
    expect(estimate).toEqual({ rps: 50, query: 'busy', steps: 2, requests: 4500, busyReplicaSeconds: 90 });
  });

  it('is unknown where nothing was busy, or nothing came', () => {
    expect(() => estimatedCapacity('busy', recording(100), recording(0))).toThrow(
      '[prometheus] busy gives no capacity: 1500 requests over 0.0 s of busy replicas; give --capacity',
    );
    expect(() => estimatedCapacity('busy', recording(0), recording(1))).toThrow('busy gives no capacity');
  });
});
