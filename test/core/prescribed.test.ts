import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boundsNow } from '#core/bounds';
import { legal, limit } from '#core/limits';
import { type Choice, modes, type Observation } from '#core/model';
import { isPrescribed, prescribed } from '#core/prescribed';
import { observation, replicas, spec, startAt } from '#test/make';

const choice = (action: number): Choice => ({
  action,
  state: '',
  explored: true,
  reason: 'Wished',
  expert: 'nets-learned',
  values: [],
});
const at = (desired: number, overrides: Partial<Observation> = {}): Observation =>
  observation({ replicas: replicas({ desired, ready: desired }), ...overrides });
const day = { name: 'day', minReplicas: 6, maxReplicas: 10 };
const approved = { decisionId: 'a', to: 9, by: 'ann' };
const s = spec({ minReplicas: 2, maxReplicas: 20 });

test('a wish within the bounds is the policy’s own', () => {
  const wish = choice(3);
  expect(prescribed(wish, at(4), s)).toBe(wish);
  expect(prescribed(wish, at(5, { schedule: day }), s)).toBe(wish);
});

test('a wish below the floor of the hour becomes the floor, one above its ceiling the ceiling', () => {
  expect(prescribed(choice(0), at(4, { schedule: day }), s)).toMatchObject({
    action: 2,
    reason: 'ScheduleFloor',
  });
  expect(prescribed(choice(1), at(12, { schedule: day }), s)).toMatchObject({
    action: -2,
    reason: 'ScheduleCeiling',
  });
});

test('nobody of the policy is named for what it did not choose', () => {
  const { expert, explored } = prescribed(choice(0), at(4, { schedule: day }), s);
  expect([expert, explored]).toEqual([undefined, false]);
});

test('a size that somebody set outside the bounds is brought back to them, in the words of the HPA', () => {
  expect(prescribed(choice(0), at(25), s)).toMatchObject({ action: -5, reason: 'TooManyReplicas' });
  expect(prescribed(choice(Number.NaN), at(0), s)).toMatchObject({ action: 2, reason: 'TooFewReplicas' });
  // Further in than the bound it is the policy's own wish.
  expect(prescribed(choice(-10), at(25), s).reason).toBe('Wished');
});

test('a size outside the bounds is not brought down without demand, but up to the least', () => {
  const blind = (desired: number) => at(desired, { demand: undefined });
  const to = (desired: number) =>
    limit(prescribed(choice(0), blind(desired), s), legal(blind(desired), s)).to;
  expect([to(25), to(0)]).toEqual([25, 2]);
});

test('what a person approved stands for the choice, in mode Approve alone', () => {
  const o = at(4, { approved, schedule: day });
  expect(prescribed(choice(-1), o, s, 'Approve')).toMatchObject({ action: 5, reason: 'Approved' });
  for (const mode of modes.filter((one) => one !== 'Approve'))
    expect(prescribed(choice(4), o, s, mode).reason).toBe('Wished');
});

test('limits hold for what is prescribed too', () => {
  const until = startAt + 60;
  const pause = [{ untilSeconds: until, direction: 'up' as const, reason: 'sale', by: 'ann' }];
  const o = at(4, { approved });
  const { to, limits } = limit(prescribed(choice(0), o, s, 'Approve'), legal(o, s, undefined, pause));
  expect([to, limits[0]?.reason]).toEqual([4, 'Paused']);
});

const replicasOr = fc.option(fc.nat(60), { nil: undefined });
const windows = fc.record({ name: fc.constant('w'), minReplicas: replicasOr, maxReplicas: replicasOr });

test('whatever the window says, the result lies within the bounds of the spec, and the floor below the ceiling', () => {
  fc.assert(
    fc.property(windows, fc.nat(30), fc.nat(30), (schedule, minReplicas, more) => {
      const bounds = { minReplicas, maxReplicas: minReplicas + more };
      const { low, high } = boundsNow({ schedule }, bounds);
      expect(low).toBeGreaterThanOrEqual(minReplicas);
      expect(high).toBeGreaterThanOrEqual(low);
      expect(high).toBeLessThanOrEqual(minReplicas + more);
    }),
  );
});

test('where nothing else limits, every wish ends within the bounds of the hour', () => {
  fc.assert(
    fc.property(windows, fc.nat(60), fc.integer({ min: -60, max: 60 }), (schedule, desired, action) => {
      const o = at(desired, { schedule });
      const { to } = limit(prescribed(choice(action), o, s), legal(o, s));
      const { low, high } = boundsNow(o, s);
      expect([to >= low, to <= high]).toEqual([true, true]);
    }),
  );
});

test('what is prescribed is prescribed once: a second time changes nothing', () => {
  fc.assert(
    fc.property(windows, fc.nat(60), fc.integer({ min: -60, max: 60 }), (schedule, desired, action) => {
      const once = prescribed(choice(action), at(desired, { schedule }), s);
      expect(prescribed(once, at(desired, { schedule }), s)).toBe(once);
    }),
  );
});

test('a reason of a policy is no prescription', () => {
  expect(['BelowLowLine', 'Approved', 'ScheduleFloor'].map(isPrescribed)).toEqual([false, true, true]);
});
