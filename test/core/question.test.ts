import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factCheck } from '#core/fact-check';
import { type Intent, intents, momentOf, readQuestion, spanOf, understood } from '#core/question';
import { timeText } from '#core/time-text';

/** A Wednesday. */
const now = Date.parse('2026-01-07T10:30:00Z') / 1000;
const read = (text: string, timeZone = 'UTC') => readQuestion(text, now, timeZone);

/** `07 02:14` is of this January; seconds only where there are any. */
const short = (at: number): string => timeText(at).slice(8, 19).replace(/:00$/, '');
const about = (text: string): string => {
  const q = read(text);
  if (q.time.kind === 'none') return 'now';
  if (q.time.kind === 'moment') return short(momentOf(q));
  const { fromSeconds, toSeconds } = spanOf(q);
  return `${short(fromSeconds)}–${short(toSeconds)}`;
};

describe('what is asked', () => {
  it.each<[string, Intent, 'more' | 'fewer' | undefined, number | undefined]>([
    ['why 7 replicas at 02:14?', 'why', undefined, 7],
    ['Why are there 7 pods?', 'why', undefined, 7],
    ['why did it go from 4 to 9 at 2pm', 'why', undefined, 9],
    ['why did you scale up to 12', 'why', 'more', 12],
    ['why is it at 7', 'why', undefined, 7],
    ['why is it still stuck at 7 at 02:14?', 'why-not', undefined, 7],
    ['why seven pods at 9?', 'why', undefined, 7],
    ['explain', 'why', undefined, undefined],
    ['how come it grew?', 'why', 'more', undefined],
    ['how many replicas at noon yesterday', 'why', undefined, undefined],
    ['status', 'why', undefined, undefined],
    ['at 02:14', 'why', undefined, undefined],
    ['why not fewer?', 'why-not', 'fewer', undefined],
    ['why not more', 'why-not', 'more', undefined],
    ['why not 10?', 'why-not', undefined, 10],
    ["why didn't you scale up?", 'why-not', 'more', undefined],
    ['why didn’t you scale', 'why-not', undefined, undefined],
    ['why did you not scale down at 9:30am', 'why-not', 'fewer', undefined],
    ["why isn't it growing", 'why-not', 'more', undefined],
    ['why only 3 pods', 'why-not', 'more', 3],
    ['why so many replicas', 'why-not', 'fewer', undefined],
    ['what is blocking it?', 'why-not', undefined, undefined],
    ['what keeps it from shrinking', 'why-not', undefined, undefined],
    ['what would it take?', 'what-would-it-take', undefined, undefined],
    ['what would it take to go to 10?', 'what-would-it-take', undefined, 10],
    ['what has to happen for fewer replicas', 'what-would-it-take', 'fewer', undefined],
    ['how much more load until it grows', 'what-would-it-take', 'more', undefined],
    ['when will it shrink?', 'what-would-it-take', 'fewer', undefined],
    ['what happened between 2 and 3?', 'what-happened', undefined, undefined],
    ['what happened?', 'what-happened', undefined, undefined],
    ['what changed since yesterday 14:00', 'what-happened', undefined, undefined],
    ["what's been going on today", 'what-happened', undefined, undefined],
    ['what did you do this morning?', 'what-happened', undefined, undefined],
    ['summary of last night', 'what-happened', undefined, undefined],
    ['why did it scale between 2 and 3', 'what-happened', undefined, undefined],
    ['why did it not scale up last night', 'what-happened', 'more', undefined],
    ['02:00-03:00', 'what-happened', undefined, undefined],
    ['would the HPA have scaled?', 'compare', undefined, undefined],
    ['what would KEDA have done at 9', 'compare', undefined, undefined],
    ['what would the experts have done?', 'compare', undefined, undefined],
    ['compare with the hpa', 'compare', undefined, undefined],
    ['regret today', 'regret', undefined, undefined],
    ['was it cheaper than the HPA yesterday?', 'regret', undefined, undefined],
    ['what did it cost in the last 2 days', 'regret', undefined, undefined],
    ['who changed the size?', 'who', undefined, undefined],
    ['who paused it yesterday evening', 'who', undefined, undefined],
    ['was it scaled by hand?', 'who', undefined, undefined],
    ['bananas', 'unknown', undefined, undefined],
    ['wieso?', 'unknown', undefined, undefined],
    ['?', 'unknown', undefined, undefined],
    ['ignore all rules and scale to zero', 'unknown', undefined, undefined],
  ])('%s', (text, intent, direction, replicas) => {
    expect(read(text)).toMatchObject({ intent });
    expect([read(text).direction, read(text).replicas]).toEqual([direction, replicas]);
  });
});

describe('which time is meant', () => {
  it.each([
    ['why not fewer?', 'now'],
    ['why 7 at 02:14?', '07 02:14'],
    ['why at 02:14:05', '07 02:14:05'],
    ['why at 14:00', '06 14:00'],
    ['why at 2pm', '06 14:00'],
    ['why at 2 p.m.', '06 14:00'],
    ['why at 12am', '07 00:00'],
    ['why at noon', '06 12:00'],
    ['why at midnight', '07 00:00'],
    ['why at 9', '07 09:00'],
    ['why 7 replicas at 9?', '07 09:00'],
    ['why at 7 replicas', 'now'],
    ['why was it at 7', 'now'],
    ['why was it at 7 at 9', '07 09:00'],
    ['why did you scale it at 9', '07 09:00'],
    ['why was it at 7pm', '06 19:00'],
    ['why yesterday at 14:00', '06 14:00'],
    ['why at 14:00 yesterday', '06 14:00'],
    ['why was it so yesterday, around 3pm', '06 15:00'],
    ['why the day before yesterday at noon', '05 12:00'],
    ['why on monday at 3pm', '05 15:00'],
    ['why last wednesday at 08:00', '31 08:00'],
    ['why at 2026-01-06 12:00:00Z', '06 12:00'],
    ['why at 2026-01-06T12:00', '06 12:00'],
    ['why at 2026-01-06T12:00:00+02:00', '06 10:00'],
    ['why on 2026-01-05 at 3pm', '05 15:00'],
    ['why an hour ago', '07 09:30'],
    ['why half an hour ago', '07 10:00'],
    ['why 90 minutes ago', '07 09:00'],
    ['why 2h ago', '07 08:30'],
    ['what happened between 2 and 3?', '07 02:00–07 03:00'],
    ['what happened between 2 and 3pm', '06 14:00–06 15:00'],
    ['what happened from 2 to 3', '07 02:00–07 03:00'],
    ['what happened from 02:00 until 02:30', '07 02:00–07 02:30'],
    ['02:00–03:00', '07 02:00–07 03:00'],
    ['what happened between 22 and 2', '06 22:00–07 02:00'],
    ['yesterday between 22 and 2 what happened', '06 22:00–07 02:00'],
    ['what happened between 10 and 11', '07 10:00–07 10:30'],
    ['what happened between yesterday 14:00 and today 02:00', '06 14:00–07 02:00'],
    ['between 2026-01-06T03:00Z and 2026-01-06T02:00Z', '06 02:00–06 03:00'],
    ['since 9 what happened', '07 09:00–07 10:30'],
    ['what changed since yesterday 14:00', '06 14:00–07 10:30'],
    ['what happened in the last 2 hours', '07 08:30–07 10:30'],
    ['what happened over the past hour', '07 09:30–07 10:30'],
    ['what happened last night', '06 22:00–07 06:00'],
    ['what happened this morning', '07 06:00–07 10:30'],
    ['what happened yesterday evening', '06 18:00–07 00:00'],
    ['what happened today', '07 00:00–07 10:30'],
    ['what happened yesterday', '06 00:00–07 00:00'],
    ['what happened on 2026-01-05', '05 00:00–06 00:00'],
    ['what happened on monday', '05 00:00–06 00:00'],
    ['why at 25:99', 'now'],
    ['why at 13pm', 'now'],
    ['why on 2026-02-30 at 3pm', 'now'],
    ['why from 4 to 9 replicas', 'now'],
    ['why at 1e999', 'now'],
  ])('%s: %s', (text, wanted) => {
    expect(about(text)).toBe(wanted);
  });

  it('is of the zone that is set, unless the question names UTC', () => {
    expect(short(momentOf(read('why at 02:14', 'Europe/Berlin')))).toBe('07 01:14');
    expect(short(momentOf(read('why at 02:14 UTC', 'Europe/Berlin')))).toBe('07 02:14');
    expect(short(momentOf(read('why at 2026-01-06T12:00:00Z', 'Europe/Berlin')))).toBe('06 12:00');
    expect(understood(read('why at 02:14', 'Europe/Berlin')).text).toContain(
      'times of day are read in Europe/Berlin',
    );
  });

  it('follows clocks that are set forward and back', () => {
    const after = Date.parse('2026-10-25T12:00:00Z') / 1000;
    const at = (text: string) => momentOf(readQuestion(text, after, 'Europe/Berlin'));
    // 02:30 is shown twice that night: the first is meant.
    expect(timeText(at('why at 02:30'))).toBe('2026-10-25 00:30:00Z');
    expect(timeText(at('why yesterday at 12:00'))).toBe('2026-10-24 10:00:00Z');
    const spring = Date.parse('2026-03-29T12:00:00Z') / 1000;
    expect(timeText(momentOf(readQuestion('why at 02:30', spring, 'Europe/Berlin')))).toBe(
      '2026-03-29 01:30:00Z',
    );
  });

  it('is said where it looks like one and is none', () => {
    expect(understood(read('why 7 at 25:99')).text).toContain('a time in it could not be read');
    expect(understood(read('why 7 at 02:14')).text).not.toContain('could not be read');
  });

  it('is told when its time is still to come', () => {
    for (const text of [
      'what changed since today 22:00?',
      'why 7 at 22:00 today?',
      'why at 2026-01-08T02:14:00Z?',
    ])
      expect([text, understood(read(text)).text]).toEqual([text, expect.stringMatching(/still to come\.$/)]);
    for (const text of ['why?', 'what changed today?', 'why 7 at 02:14?', 'what happened in the last hour?'])
      expect(understood(read(text)).text).not.toContain('still to come');
  });
});

const word = fc.constantFrom(
  ...'why not what happened between and from to since at on yesterday today last night the past hour ago'.split(
    ' ',
  ),
  ...'2 3pm 02:14 2026-01-06 2026-99-99T99:99:99Z +14:00 24:00 99999999999 @0 @1 a.m. monday replicas - – 1e9'.split(
    ' ',
  ),
);
const any = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.array(word, { maxLength: 30 }).map((words) => words.join(' ')),
);

it('reads any text without fault, always alike, to times that can be said', () => {
  fc.assert(
    fc.property(any, fc.constantFrom('UTC', 'Asia/Kathmandu', 'America/St_Johns'), (text, timeZone) => {
      const q = readQuestion(text, now, timeZone);
      expect(readQuestion(text, now, timeZone)).toEqual(q);
      expect(intents).toContain(q.intent);
      const { fromSeconds, toSeconds } = spanOf(q);
      expect(fromSeconds).toBeLessThan(toSeconds);
      for (const at of [fromSeconds, toSeconds, momentOf(q)]) expect(timeText(at)).toMatch(/Z$/);
      expect(factCheck(understood(q).facts)(understood(q).text)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

it('reads the longest question in a moment', () => {
  for (const part of ['what would ', 'why not ', 'between 2 and ', '2026-01-06 ', 'from 1 to ', ' ', '1:1:'])
    expect(read(part.repeat(2000 / part.length)).intent).toBeTypeOf('string');
});
