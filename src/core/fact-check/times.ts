import type { KnownFacts } from './known-facts.ts';
import type { Token } from './scan.ts';

/** What of a moment was said, each part as UTC; what was not said may be anything. */
type Said = {
  readonly year?: number | undefined;
  /** From 0. */
  readonly month?: number | undefined;
  readonly day?: number | undefined;
  readonly hour?: number | undefined;
  readonly minute?: number | undefined;
  readonly second?: number | undefined;
  /** Of the local time that was said against UTC. */
  readonly offsetSeconds: number;
};

const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

const clockIn = (text: string): Said | undefined => {
  const found =
    /(\d{1,2})(?::(\d{2})(?::(\d{2})(?:\.\d+)?)?)?(?: ?([ap])\.?m\.?| o['’]clock)?(?: ?(?:Z|UTC|GMT)|([+-])(\d{2}):?(\d{2}))?$/.exec(
      text,
    );
  if (found === null) return undefined;
  const [, hours, minutes, seconds, half, sign, offsetHours, offsetMinutes] = found;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half === 'p' ? 12 : 0);
  const offset = Number(offsetHours ?? 0) * 3600 + Number(offsetMinutes ?? 0) * 60;
  return {
    hour,
    minute: minutes === undefined ? undefined : Number(minutes),
    second: seconds === undefined ? undefined : Number(seconds),
    offsetSeconds: sign === '-' ? -offset : offset,
  };
};

/** undefined: a date whose order of day and month nobody knows. */
const saidBy = (text: string): Said | undefined => {
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](.+))?$/.exec(text);
  if (iso !== null) {
    const date = { year: Number(iso[1]), month: Number(iso[2]) - 1, day: Number(iso[3]), offsetSeconds: 0 };
    const clock = iso[4] === undefined ? undefined : clockIn(iso[4]);
    return clock === undefined ? date : { ...clock, ...date, offsetSeconds: clock.offsetSeconds };
  }
  if (/^\d{1,4}[/.]\d/.test(text)) return undefined;
  const month = months.indexOf(/[A-Z][a-z]{2}/.exec(text)?.[0].toLowerCase() ?? '');
  if (month < 0) return clockIn(text);
  const year = /\b\d{4}$/.exec(text)?.[0];
  const day = Number(/\b\d{1,2}(?!\d)/.exec(text)?.[0]);
  return { year: year === undefined ? undefined : Number(year), month, day, offsetSeconds: 0 };
};

const agrees = (said: Said, atSeconds: number): boolean => {
  const at = new Date((Math.floor(atSeconds) + said.offsetSeconds) * 1000);
  const parts: readonly (readonly [number | undefined, number])[] = [
    [said.year, at.getUTCFullYear()],
    [said.month, at.getUTCMonth()],
    [said.day, at.getUTCDate()],
    [said.hour, at.getUTCHours()],
    [said.minute, at.getUTCMinutes()],
    [said.second, at.getUTCSeconds()],
  ];
  return parts.every(([wanted, is]) => wanted === undefined || wanted === is);
};

const never =
  /^(?:yesterday|today|tomorrow|tonight|morning|afternoon|evening|night|nights|weekend|weekends|midday)$/;

const wordSaid = (word: string): ((atSeconds: number) => boolean) | undefined => {
  const name = word.toLowerCase().replace(/['’]s$/, '');
  if (never.test(name)) return () => false;
  if (name === 'noon' || name === 'midnight')
    return (at) => agrees({ hour: name === 'noon' ? 12 : 0, minute: 0, offsetSeconds: 0 }, at);
  const weekday = weekdays.indexOf(name.replace(/day(?:s)$/, 'day'));
  if (weekday >= 0) return (at) => new Date(at * 1000).getUTCDay() === weekday;
  // May and March are words, too: written small, or without a day, they are taken for that.
  const month = /^[A-Z]/.test(word) && !/^(?:may|march|mar|dec|sept?)$/.test(name) ? monthNamed(name) : -1;
  return month < 0 ? undefined : (at) => new Date(at * 1000).getUTCMonth() === month;
};

/** Whether a word is held against times: `Monday`, `noon`. */
export const isTimeWord = (word: string): boolean => wordSaid(word) !== undefined;

const fullMonths =
  'january february march april may june july august september october november december'.split(' ');
const monthNamed = (name: string): number => fullMonths.indexOf(name);

/** Zones in letters: only UTC is known. */
const otherZone = /^(?:CES?T|[ECMPW][SD]?T|BST|IST|JST|MSK|AE[SD]T|WES?T|EES?T)$/;

/** Times and dates that no fact is at, at the precision to which they were said. */
export const wrongTimes = (tokens: readonly Token[], { times }: KnownFacts): readonly string[] => {
  // A fact that is no time of any calendar agrees with nothing.
  const real = times.filter((at) => Math.abs(at) < 8.64e12);
  const checked = new Map<string, boolean>();
  const isTrue = (text: string, said: (at: number) => boolean): boolean => {
    const known = checked.get(text) ?? real.some(said);
    checked.set(text, known);
    return known;
  };
  return tokens.flatMap(({ kind, text }, i) => {
    if (kind === 'time') {
      const said = saidBy(text);
      return said !== undefined && isTrue(text, (at) => agrees(said, at)) ? [] : [text];
    }
    if (kind !== 'word') return [];
    if (otherZone.test(text) && tokens[i - 1]?.kind === 'time') return [text];
    const said = wordSaid(text);
    return said === undefined || isTrue(text, said) ? [] : [text];
  });
};

/** `in 2026`, `January 2026`: a number that is the year of a time. */
export const isYearOf = (value: number, before: string, { times }: KnownFacts): boolean =>
  (before === 'in' || fullMonths.includes(before)) &&
  times.some((at) => Math.abs(at) < 8.64e12 && new Date(at * 1000).getUTCFullYear() === value);
