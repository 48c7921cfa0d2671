import { Cron } from 'croner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Schedule, scheduleFaults, windowsOf } from '#adapters/schedules/cron';

const seconds = (iso: string): number => Date.parse(iso) / 1000;

const schedule = (overrides: Partial<Schedule> = {}): Schedule => ({
  name: 'office',
  start: '0 8 * * MON-FRI',
  end: '0 18 * * MON-FRI',
  minReplicas: 5,
  ...overrides,
});
const nameAt = (iso: string, overrides: Partial<Schedule> = {}): string | undefined =>
  windowsOf([schedule(overrides)]).at(seconds(iso))?.name;

describe('a window by the clock', () => {
  it('is open from its start, that moment included, until its end', () => {
    // 2026-01-05 is a Monday.
    expect(nameAt('2026-01-05T07:59:59.999Z')).toBeUndefined();
    expect(nameAt('2026-01-05T08:00:00Z')).toBe('office');
    expect(nameAt('2026-01-05T17:59:59.999Z')).toBe('office');
    expect(nameAt('2026-01-05T18:00:00Z')).toBeUndefined();
  });

  it('stays closed on days without a start', () => {
    expect(nameAt('2026-01-04T12:00:00Z')).toBeUndefined();
  });

  it('stays open over midnight and over the weekend until its end comes', () => {
    const weekend = { start: '0 20 * * FRI', end: '0 4 * * MON' };
    expect(nameAt('2026-01-03T12:00:00Z', weekend)).toBe('office');
    expect(nameAt('2026-01-05T03:59:00Z', weekend)).toBe('office');
    expect(nameAt('2026-01-05T04:00:00Z', weekend)).toBeUndefined();
  });

  it('is closed where start and end fall on the same minute', () => {
    const nightly = { start: '0 8 * * *', end: '0 8,18 * * MON' };
    expect(nameAt('2026-01-05T09:00:00Z', nightly)).toBeUndefined();
    expect(nameAt('2026-01-06T09:00:00Z', nightly)).toBe('office');
  });

  it('goes by the clock of its time zone', () => {
    expect(nameAt('2026-01-05T07:00:00Z', { timeZone: 'Europe/Berlin' })).toBe('office');
    expect(nameAt('2026-07-06T06:00:00Z', { timeZone: 'Europe/Berlin' })).toBe('office');
    expect(nameAt('2026-07-06T05:59:00Z', { timeZone: 'Europe/Berlin' })).toBeUndefined();
  });

  it('opens as soon as the clock was put forward where its start is skipped', () => {
    // In Berlin 2026-03-29 goes from 01:59 to 03:00 at 01:00 UTC.
    const night = { start: '30 2 * * *', end: '0 5 * * *', timeZone: 'Europe/Berlin' };
    expect(nameAt('2026-03-29T00:59:59Z', night)).toBeUndefined();
    expect(nameAt('2026-03-29T01:00:00Z', night)).toBe('office');
    expect(nameAt('2026-03-29T03:00:00Z', night)).toBeUndefined();
  });

  it('opens once, the first time, where the clock is put back over its start', () => {
    // In Berlin 2026-10-25 has 02:30 at 00:30 and again at 01:30 UTC.
    const night = { start: '30 2 * * *', end: '45 2 * * *', timeZone: 'Europe/Berlin' };
    expect(nameAt('2026-10-25T00:29:59Z', night)).toBeUndefined();
    expect(nameAt('2026-10-25T00:30:00Z', night)).toBe('office');
    expect(nameAt('2026-10-25T00:45:00Z', night)).toBeUndefined();
    expect(nameAt('2026-10-25T01:30:00Z', night)).toBeUndefined();
  });
});

describe('windows that overlap', () => {
  const always = { start: '0 0 * * *', end: '59 23 * * *' };
  const at = (...given: readonly Partial<Schedule>[]) =>
    windowsOf(given.map((each) => schedule({ ...always, minReplicas: undefined, ...each }))).at(
      seconds('2026-01-05T12:00:00Z'),
    );

  it('leave the greatest floor and the least ceiling', () => {
    expect(
      at({ name: 'day', minReplicas: 3, maxReplicas: 20 }, { name: 'sale', minReplicas: 8, maxReplicas: 40 }),
    ).toEqual({ name: 'day, sale', minReplicas: 8, maxReplicas: 20 });
  });

  it('let the floor win over the ceiling', () => {
    expect(at({ name: 'sale', minReplicas: 30 }, { name: 'thrift', maxReplicas: 10 })).toEqual({
      name: 'sale, thrift',
      minReplicas: 30,
      maxReplicas: 30,
    });
  });

  it('bound nothing that none of them bounds', () => {
    expect(at({ name: 'day', maxReplicas: 4 })).toEqual({
      name: 'day',
      minReplicas: undefined,
      maxReplicas: 4,
    });
    expect(windowsOf([]).at(0)).toBeUndefined();
  });
});

describe('the state of a window', () => {
  const patterns = fc.constantFrom(
    ['0 8 * * MON-FRI', '0 18 * * MON-FRI'],
    ['30 2 * * *', '45 2 * * *'],
    ['*/7 * * * *', '3-59/7 * * * *'],
    ['0 22 * * FRI', '0 4 * * MON'],
    ['0 0 1 * *', '0 0 L * *'],
    ['15 1-3 * * *', '45 1-3 * * *'],
  );
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
  const beginnings = fc.constantFrom('2026-03-28T12:00:00Z', '2026-10-24T12:00:00Z', '2026-10-31T12:00:00Z');

  it('does not hang on when one began to look, nor on what was asked before', () => {
    const offsets = fc.array(fc.integer({ min: 0, max: 48 * 3600 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(patterns, zones, beginnings, offsets, ([start, end], timeZone, from, offsets) => {
        const given = [schedule({ start: start!, end: end!, timeZone })];
        const windows = windowsOf(given);
        for (const offset of offsets) {
          const at = seconds(from) + offset;
          expect(windows.at(at)).toEqual(windowsOf(given).at(at));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is what one sees who opens at each start that comes and closes at each end', () => {
    fc.assert(
      fc.property(patterns, zones, beginnings, ([start, end], timeZone, from) => {
        const windows = windowsOf([schedule({ start: start!, end: end!, timeZone })]);
        const begin = seconds(from);
        const runs = (pattern: string): ReadonlySet<number> => {
          const cron = new Cron(pattern, { timezone: timeZone, paused: true });
          // From a second before, for the next run is one that is later.
          return new Set(cron.nextRuns(400, new Date((begin - 1) * 1000)).map((run) => Number(run) / 1000));
        };
        const [starts, ends] = [runs(start!), runs(end!)];
        let open = windows.at(begin - 1) !== undefined;
        for (let at = begin; at < begin + 36 * 3600; at += 60) {
          if (starts.has(at)) open = true;
          if (ends.has(at)) open = false;
          expect(windows.at(at) !== undefined).toBe(open);
        }
      }),
      { numRuns: 10 },
    );
  });
});

describe('schedules with faults', () => {
  it('are told of all of them, with place, value and mend', () => {
    const faults = scheduleFaults([
      schedule(),
      schedule({ timeZone: 'Europe/Berln' }),
      schedule({ start: '61 8 * * *', end: 'tomorrow' }),
      schedule({ end: ' 0 8 * * 1-5' }),
      schedule({ start: '0 0 31 2 *' }),
      schedule({ minReplicas: undefined }),
    ]);
    expect(faults.map(({ path, problem }) => `${path} ${problem}`)).toEqual([
      'schedules[1].timeZone is no known time zone',
      'schedules[2].start is no cron pattern (Invalid value for minute: 61)',
      'schedules[2].end has not five fields',
      'schedules[3].end names the times of start, so the window is never open',
      'schedules[4].start never comes',
      'schedules[5] bounds nothing',
    ]);
    for (const { value, mend } of faults) expect([value, mend]).not.toContain('');
  });

  it('are not taken for schedules when they are dates, of six fields or without any', () => {
    for (const start of ['2026-01-01T00:00:00', '0 0 8 * * *', ''])
      expect(scheduleFaults([schedule({ start })])).toMatchObject([
        { path: 'schedules[0].start', problem: 'has not five fields' },
      ]);
  });
});
