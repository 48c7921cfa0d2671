import { type LocalTime, weekdayOf, type Zone } from '#core/local-time';

/** The time that a question names: none, a moment as finely as it was named, or a span. The end is open. */
export type NamedTime =
  | { readonly kind: 'none' }
  | { readonly kind: 'moment'; readonly fromSeconds: number; readonly toSeconds: number }
  | { readonly kind: 'span'; readonly fromSeconds: number; readonly toSeconds: number };

export type Reading = {
  readonly time: NamedTime;
  /** A date or a time of day was read: it hangs on the zone. */
  readonly byClock: boolean;
  /** The question without its times: what is left may name sizes. */
  readonly rest: string;
};

type Span = { readonly fromSeconds: number; readonly toSeconds: number };
/** `dated`: its day was named beside it. */
type Moment = Span & { readonly dated?: boolean };

const daySeconds = 86_400;
const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: daySeconds,
  w: 7 * daySeconds,
};
const unit = '(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)\\b';
const amount = '(half an?|an?|one|two|three|four|five|six|ten|twelve|a couple of|\\d{1,6}(?:\\.\\d{1,3})?)';
const amounts: Readonly<Record<string, number>> = {
  'half a': 0.5,
  'half an': 0.5,
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  'a couple of': 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  ten: 10,
  twelve: 12,
};

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const day = `(?:on )?(the day before yesterday|yesterday|today|(?:last |this )?(?:${weekdays.join('|')})|\\d{4}-\\d{2}-\\d{2})`;
const clock =
  "(noon|midnight|\\d{1,2}:\\d{2}(?::\\d{2})?|\\d{1,2}(?= ?(?:[ap]\\.?m\\b|o'clock|h\\b)))( ?[ap]\\.?m\\b\\.?| ?o'clock| ?h\\b)?( ?(?:z|utc|gmt)\\b)?";
/** A bare number is an hour only where words say so, and no size follows it. */
const hour =
  '(\\d{1,2})(?!\\w|[:.]\\d|-\\d| ?(?:%|replicas?|pods?|instances?|times|minutes?|hours?|days?|rps))';
const parts: Readonly<Record<string, readonly [number, number]>> = {
  morning: [6, 12],
  afternoon: [12, 18],
  evening: [18, 24],
  night: [22, 30],
};

const parsedUnit = (text: string): number => unitSeconds[text[0]!]!;
const parsedAmount = (text: string): number => amounts[text] ?? Number(text);

/** `2026-01-05T02:14:00Z`, `2026-01-05 02:14`, with or without an offset. */
const dateTime =
  /(\d{4}-\d{2}-\d{2})[t ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?( ?(?:z|utc|gmt)\b|[+-]\d{2}:?\d{2})?/g;

const fields = (date: string): Pick<LocalTime, 'year' | 'month' | 'day'> | undefined => {
  const [year, month, dayOfMonth] = date.split('-').map(Number) as [number, number, number];
  const there = new Date(Date.UTC(year, month - 1, dayOfMonth));
  return year >= 1970 && there.getUTCMonth() === month - 1 && there.getUTCDate() === dayOfMonth
    ? { year, month, day: dayOfMonth }
    : undefined;
};

const utcOffset = (text: string): number => {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(text) ?? [];
  return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60);
};

/** Reads a question from its times, which end up as marks `@0`, `@1`; all relative to `nowSeconds`. */
export const readTimes = (question: string, nowSeconds: number, zone: Zone): Reading => {
  let text = ` ${question
    .toLowerCase()
    .replaceAll(/[\s@]+/g, ' ')
    .replaceAll('’', "'")} `;
  const moments: Moment[] = [];
  const today = zone.local(nowSeconds);
  let byClock = false;

  const mark = (span: Moment | undefined, as: string): string => {
    if (span === undefined || !(span.fromSeconds >= 0 && span.toSeconds < 253_402_300_800)) return as;
    return `@${moments.push(span) - 1}`;
  };
  const replace = (
    pattern: string | RegExp,
    read: (...found: readonly string[]) => Moment | undefined,
  ): void => {
    const every = typeof pattern === 'string' ? new RegExp(pattern, 'g') : pattern;
    text = text.replaceAll(every, (all: string, ...found: string[]) => mark(read(...found), all));
  };

  const dayOf = (name: string): LocalTime | undefined => {
    byClock = true;
    const date = /^\d/.test(name) ? fields(name) : undefined;
    if (/^\d/.test(name)) return date && { ...today, ...date };
    const week = weekdays.indexOf(name.replace(/^(last|this) /, ''));
    const ago =
      week >= 0
        ? (weekdayOf(today) - week + 7) % 7 || (name.startsWith('last ') ? 7 : 0)
        : ({ today: 0, yesterday: 1 }[name] ?? 2);
    return { ...today, day: today.day - ago };
  };
  const hoursOf = (base: LocalTime, from: number, to: number): Span => {
    byClock = true;
    return {
      fromSeconds: zone.instant({ ...base, hour: from, minute: 0, second: 0 }),
      toSeconds: zone.instant({ ...base, hour: to, minute: 0, second: 0 }),
    };
  };

  /** The newest time of day that has been, or that of a day that is named. */
  const clockAt = (name: string, half = '', utc = '', of?: string): Moment | undefined => {
    const [h = 0, m = 0, s = 0] =
      name === 'noon' ? [12] : name === 'midnight' ? [0] : name.split(':').map(Number);
    const twelve = /[ap]/.exec(half)?.[0];
    if (h > (twelve === undefined ? 24 : 12) || m > 59 || s > 59) return undefined;
    const hours = twelve === undefined ? h : (h % 12) + (twelve === 'p' ? 12 : 0);
    byClock = true;
    const precise = name.split(':').length === 3 ? 1 : 60;
    const on = of === undefined ? today : dayOf(of);
    if (on === undefined) return undefined;
    const at = (back: number): number => {
      const time = { ...on, day: on.day - back, hour: hours, minute: m, second: s };
      return utc === ''
        ? zone.instant(time)
        : Date.UTC(time.year, time.month - 1, time.day, hours, m, s) / 1000;
    };
    const fromSeconds = of === undefined && at(0) > nowSeconds ? at(1) : at(0);
    return { fromSeconds, toSeconds: fromSeconds + precise };
  };

  replace(dateTime, (date = '', h, m, s, offset) => {
    const on = fields(date);
    if (on === undefined || Number(h) > 24 || Number(m) > 59 || Number(s ?? 0) > 59) return undefined;
    byClock ||= offset === undefined;
    const local = { ...on, hour: Number(h), minute: Number(m), second: Number(s ?? 0) };
    const fromSeconds =
      offset === undefined
        ? zone.instant(local)
        : Date.UTC(on.year, on.month - 1, on.day, local.hour, local.minute, local.second) / 1000 -
          utcOffset(offset.trim());
    return { fromSeconds, toSeconds: fromSeconds + (s === undefined ? 60 : 1), dated: true };
  });
  replace(`\\b${amount} ?${unit} ago\\b`, (n = '', u = '') => {
    const at = nowSeconds - parsedAmount(n) * parsedUnit(u);
    return { fromSeconds: at, toSeconds: at + 1 };
  });

  const spans: Span[] = [];
  /** What is under way has been until now. */
  const span = (fromSeconds: number, toSeconds: number): Span => ({
    fromSeconds,
    toSeconds:
      fromSeconds > nowSeconds ? toSeconds : Math.min(toSeconds, Math.max(nowSeconds, fromSeconds + 1)),
  });
  const taken = ({ fromSeconds, toSeconds }: Span): string => {
    spans.push(span(fromSeconds, toSeconds));
    return ' ';
  };
  text = text.replaceAll(
    new RegExp(`\\b(?:in |over |during |for |within )?the (?:last|past) (?:${amount} ?)?${unit}`, 'g'),
    (_, n: string | undefined, u: string) =>
      taken({ fromSeconds: nowSeconds - parsedAmount(n ?? 'a') * parsedUnit(u), toSeconds: nowSeconds }),
  );
  text = text.replaceAll(/\b(?:last night|overnight|during the night)\b/g, () => {
    const back = today.hour < 22 ? 1 : 0;
    return taken(hoursOf({ ...today, day: today.day - back }, 22, 30));
  });
  text = text.replaceAll(
    new RegExp(`\\b(?:this|${day}(?: in the)?) (morning|afternoon|evening|night)\\b`, 'g'),
    (_, of: string | undefined, part: string) =>
      taken(hoursOf(dayOf(of ?? 'today') ?? today, ...(parts[part]! as [number, number]))),
  );

  // `between 2 and 3pm`: the half of the day is said once.
  text = text.replaceAll(
    /\b(between|from) (\d{1,2}(?::\d{2})?) (and|to|until|till) (\d{1,2}(?::\d{2})? ?)([ap]\.?m\b)/g,
    '$1 $2$5 $3 $4$5',
  );
  const dated = (of = '', name = '', half = '', utc = ''): Moment | undefined => {
    const found = clockAt(name, half, utc, of);
    return found && { ...found, dated: true };
  };
  replace(`${day},? (?:at |around |about )?${clock}`, dated);
  replace(`\\b${clock} ${day}`, (name, half, utc, of) => dated(of, name, half, utc));

  // A day beside other times is theirs; alone it is the whole day.
  let lone: string | undefined;
  text = text.replaceAll(new RegExp(`\\b${day}\\b`, 'g'), (_, of: string) => {
    lone ??= of;
    return ' ';
  });
  replace(`(?<![\\d:.])\\b${clock}`, (name = '', half, utc) => clockAt(name, half, utc, lone));
  const bare = (name: string): string => mark(clockAt(name, '', '', lone), name);
  text = text.replaceAll(
    new RegExp(`\\b(between|from) (@\\d+|${hour}) (and|to|until|till) (@\\d+|${hour})`, 'g'),
    (all, word: string, a: string, _a, between: string, b: string) =>
      word === 'from' && !/@/.test(a + b) && !/happen|changed|went on|history|happened/.test(text)
        ? all
        : `${word} ${a.startsWith('@') ? a : bare(a)} ${between} ${b.startsWith('@') ? b : bare(b)}`,
  );
  text = text.replaceAll(
    new RegExp(`\\b(at|around|about|since|after|until|before) ${hour}`, 'g'),
    (all, word: string, name: string) => {
      const at = bare(name);
      return at === name ? all : `${word} ${at}`;
    },
  );

  const both = /@(\d+) ?(?:and|to|until|till|-|–|—) ?@(\d+)/.exec(text);
  const since = /\b(?:since|after) @(\d+)/.exec(text);
  if (both !== null) {
    const [from, to] = [moments[Number(both[1])]!, moments[Number(both[2])]!];
    const [first, last] = [from.fromSeconds, to.fromSeconds];
    if (last > first) spans.push(span(first, last));
    else if (from.dated && to.dated) spans.push(span(last, Math.max(first, last + 1)));
    else spans.push(span(first, last + Math.max(1, Math.ceil((first - last + 1) / daySeconds)) * daySeconds));
  } else if (since !== null) {
    const { fromSeconds } = moments[Number(since[1])]!;
    spans.push(span(fromSeconds, Math.max(nowSeconds, fromSeconds + 1)));
  }
  const rest = text.replaceAll(/@\d+/g, ' ').replaceAll(/ +/g, ' ').trim();
  const [found] = spans;
  if (found !== undefined) return { time: { kind: 'span', ...found }, byClock, rest };
  const [moment] = moments;
  if (moment !== undefined) {
    const { fromSeconds, toSeconds } = moment;
    return { time: { kind: 'moment', fromSeconds, toSeconds }, byClock, rest };
  }
  const whole = lone === undefined ? undefined : dayOf(lone);
  if (whole === undefined) return { time: { kind: 'none' }, byClock, rest };
  const { fromSeconds, toSeconds } = hoursOf(whole, 0, 24);
  return { time: { kind: 'span', ...span(fromSeconds, toSeconds) }, byClock, rest };
};
