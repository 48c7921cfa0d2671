import { isPlain } from './plain-words.ts';
import type { Token } from './scan.ts';
import {
  isBetween,
  isVagueMany,
  multipleOf,
  numeralOf,
  ordinalOf,
  scaleOf,
  shareOf,
  spanOf,
  type Unit,
  unitOf,
} from './units.ts';

/** A number as it was said, in digits or in words. */
export type Quantity = {
  readonly text: string;
  readonly value: number;
  /** The worth of its last digit: it was rounded to that. */
  readonly step: number;
  readonly unit: Unit | undefined;
  /** `+2`, said as a change and not as a size. */
  readonly signed: boolean;
  /** `doubled`: what a change came to, not a number that was counted. */
  readonly multiple: boolean;
  /** Its first token and the one after its last. */
  readonly at: number;
  readonly end: number;
};
type Said = Omit<Quantity, 'unit' | 'at'> & { readonly unit?: Unit | undefined };

const money: Readonly<Record<string, string>> = { $: '$', '€': '€', '£': '£', '¥': '¥' };

const digits = /^([+−-]?)([\d,_\u00a0\u202f’]+)((?:\.\d+)?)((?:[eE][+-]?\d{1,3}(?!\w))?)(.*)$/u;

type Grown = { readonly power?: number; readonly unit?: Unit | undefined; readonly multiple?: boolean };

/** What stands right after the digits: `k`, `s`, `%`, `th`, `-minute`, `krps`. undefined: then it is no number at all. */
const readGrown = (text: string): Grown | undefined => {
  if (text === '' || /^(?:st|nd|rd|th)$/.test(text)) return {};
  if (/^[x×]$/.test(text)) return { multiple: true };
  const unit = unitOf(text);
  if (unit !== undefined) return { unit };
  const power = scaleOf(text);
  if (power !== undefined) return { power };
  const [first, rest] = [scaleOf(text[0]!), unitOf(text.slice(1))];
  return first === undefined || rest === undefined ? undefined : { power: first, unit: rest };
};

/** `7`, `-1.02`, `12k`, `5s`, `42%`, `4th`, `5-minute`, `1.2 million`. */
const inDigits = (tokens: readonly Token[], i: number): Said | undefined => {
  const { text } = tokens[i]!;
  const [, sign = '', whole = '', fraction = '', exponent = '', tail = ''] = digits.exec(text) ?? [];
  const grown = readGrown(tail.trim().replace(/^-/, ''));
  if (grown === undefined) return undefined;
  const following = tail === '' ? (tokens[i + 1]?.text ?? '') : '';
  const spelt = following.length > 2 ? scaleOf(following) : undefined;
  const power = grown.power ?? spelt ?? 1;
  const size = Number(`${whole.replace(/\D/g, '')}${fraction}${exponent}`) * power;
  const decimals = Math.max(0, fraction.length - 1) - Number(exponent.slice(1) || 0);
  return {
    text,
    value: sign === '-' || sign === '−' ? -size : size,
    step: 10 ** -decimals * power,
    unit: grown.unit,
    signed: sign !== '',
    multiple: grown.multiple ?? false,
    end: spelt === undefined ? i + 1 : i + 2,
  };
};

const word = (tokens: readonly Token[], i: number): string =>
  tokens[i]?.kind === 'word' ? tokens[i].low : '';

const exactly = { step: 0.01, signed: false, multiple: false };

/** Before or after these, `a minute` is a length and not a manner of speaking. */
const lasting = /^(?:for|within|after|over|lasted|of|about|last|than|every|least|most)$/;
const ago = /^(?:ago|later|old|older|earlier|before|after|long)$/;

/** `a minute ago`, `for an hour`. */
const oneSpan = (tokens: readonly Token[], i: number): Said | undefined => {
  const seconds = spanOf(word(tokens, i + 1));
  if (seconds === undefined || word(tokens, i + 1).length < 3) return undefined;
  const counts = lasting.test(word(tokens, i - 1)) || ago.test(word(tokens, i + 2));
  const text = `${tokens[i]!.text} ${tokens[i + 1]!.text}`;
  return counts
    ? {
        text,
        value: 1,
        step: 1,
        signed: false,
        multiple: false,
        unit: unitOf(word(tokens, i + 1)),
        end: i + 2,
      }
    : undefined;
};

/** `half`, `a third of`, `three quarters`, `half an hour`. */
const inShares = (tokens: readonly Token[], i: number): Said | undefined => {
  const here = word(tokens, i);
  if (here === 'half') {
    const article = /^(?:a|an)$/.test(word(tokens, i + 1));
    const seconds = article ? spanOf(word(tokens, i + 2)) : undefined;
    const text = tokens
      .slice(i, i + 3)
      .map((token) => token.text)
      .join(' ');
    if (seconds !== undefined)
      return { ...exactly, text, value: seconds / 2, unit: { unit: 'seconds', factor: 1 }, end: i + 3 };
    return { ...exactly, text: 'half', value: 0.5, unit: { unit: 'ratio', factor: 1 }, end: i + 1 };
  }
  const [first, second] = here.includes('-') ? here.split('-') : [here, word(tokens, i + 1)];
  const many = first === 'a' ? 1 : numeralOf(first!);
  const share = shareOf(second ?? '');
  if (many === undefined || share === undefined) return undefined;
  const end = here.includes('-') ? i + 1 : i + 2;
  if (first === 'a' && word(tokens, end) !== 'of') return undefined;
  const text = `${first} ${second}`;
  return { ...exactly, text, value: many * share, unit: { unit: 'ratio', factor: 1 }, end };
};

/** `seven`, `twenty-one`, `two hundred and five thousand`, `seven-minute`. */
const inWords = (tokens: readonly Token[], i: number): Said | undefined => {
  let [total, part, end] = [0, 0, i];
  let unit: Unit | undefined;
  let read = false;
  for (; end < tokens.length; end++) {
    const parts = word(tokens, end).split('-');
    const values = parts.map(numeralOf);
    const scale = scaleOf(word(tokens, end));
    if (scale !== undefined && word(tokens, end).length > 2 && (read || word(tokens, i - 1) === 'a')) {
      [total, part] = scale === 100 ? [total, (part || 1) * 100] : [(total + (part || 1)) * scale, 0];
      read = true;
    } else if (
      read &&
      word(tokens, end) === 'and' &&
      part % 100 === 0 &&
      numeralOf(word(tokens, end + 1)) !== undefined
    ) {
      // A hundred and five.
      if (part === 0 && total === 0) break;
    } else if (values[0] !== undefined && (parts.length === 1 || values.at(-1) !== undefined)) {
      if (read && !(part % 100 === 0 || (part % 10 === 0 && part % 100 >= 20 && values[0] < 10))) break;
      part += values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
      read = true;
    } else if (values[0] !== undefined && parts.length === 2 && !read) {
      // seven-minute
      unit = unitOf(parts[1]!);
      part = values[0];
      end++;
      return { text: tokens[i]!.text, value: part, step: 1, unit, signed: false, multiple: false, end };
    } else break;
  }
  if (!read) return undefined;
  const text = tokens
    .slice(i, end)
    .map((token) => token.text)
    .join(' ');
  return { text, value: total + part, step: 1, unit, signed: false, multiple: false, end };
};

/** What `one` counts is said after it, else it is a pronoun; `two lines` and `two writers` are turns of speech. */
const isCounted = (said: Said, tokens: readonly Token[], at: number): boolean => {
  const one = tokens[at]!.low === 'one' && said.end === at + 1;
  if (one) return unitAfter(tokens, said.end, () => undefined) !== undefined;
  return !(said.value === 2 && /^(?:lines|writers)$/.test(word(tokens, said.end)));
};

const single = (text: string, value: number, end: number, multiple = false): Said => ({
  text,
  value,
  step: multiple ? 0.01 : 1,
  signed: false,
  multiple,
  end,
});

const readAt = (tokens: readonly Token[], i: number): Said | undefined => {
  const { kind, text } = tokens[i]!;
  if (kind === 'number') return inDigits(tokens, i);
  if (kind !== 'word') return undefined;
  const share = inShares(tokens, i);
  if (share !== undefined) return share;
  if (/^(?:a|an)$/i.test(text)) return oneSpan(tokens, i);
  const said = inWords(tokens, i);
  if (said !== undefined) return isCounted(said, tokens, i) ? said : undefined;
  const ordinal = ordinalOf(text) ?? (isSecondOfMany(tokens, i) ? 2 : undefined);
  if (ordinal !== undefined) return single(text, ordinal, i + 1);
  const multiple = multipleOf(text);
  if (multiple !== undefined) return single(text, multiple, i + 1, true);
  return isVagueMany(text) ? single(text, Number.NaN, i + 1) : undefined;
};

/** `the second decision`, but not `the second after`, nor `a second`. */
const isSecondOfMany = (tokens: readonly Token[], i: number): boolean =>
  word(tokens, i) === 'second' &&
  /^(?:the|its|this|that)$/.test(word(tokens, i - 1)) &&
  word(tokens, i + 1) !== '' &&
  !ago.test(word(tokens, i + 1));

/** Leads from one number to another that is in the same unit. */
const joint = /^(?:to|and|or|into|of|→|⟶|->|-->|=>|-|–|—|\/|=|,)$/;

/** `4 of the pods` are pods, but `0.1 of requests` is a share. */
const isOfThese = (tokens: readonly Token[], at: number): boolean =>
  word(tokens, at) === 'of' && /^(?:the|these|those|its|their|all|our)$/.test(word(tokens, at + 1));

const unitAfter = (
  tokens: readonly Token[],
  end: number,
  unitOfNext: (at: number) => Unit | undefined,
): Unit | undefined => {
  if (joint.test(tokens[end]?.low ?? '')) {
    const next = unitOfNext(end + 1);
    if (next !== undefined) return next;
  }
  let at = end;
  while (at < end + 4 && (isBetween(word(tokens, at)) || isOfThese(tokens, at))) at++;
  const text = tokens[at]?.text ?? '';
  const rate = rateAfter(tokens, at);
  if (rate !== undefined) return rate;
  if (text === '%' || text in money) return unitOf(text);
  if (word(tokens, at) === 'per' && word(tokens, at + 1) === 'cent') return unitOf('percent');
  if (word(tokens, at) === 'replica' && /^hours?$/.test(word(tokens, at + 1))) return unitOf('replica-hours');
  if (word(tokens, at) === '') return undefined;
  // `7 web replicas`, but not `0.9 for replicas`
  const named = !isPlain(word(tokens, at)) && isReplicas(word(tokens, at + 1));
  return unitOf(word(tokens, at)) ?? (named ? unitOf('replicas') : undefined);
};

const isReplicas = (text: string): boolean => /^(?:replicas|pods|instances)$/.test(text);

/** `per second`, `requests a minute`. */
const rateAfter = (tokens: readonly Token[], at: number): Unit | undefined => {
  const i = /^(?:requests?|req|queries|calls|hits|ones)$/.test(word(tokens, at)) ? at + 1 : at;
  const slash = tokens[i]?.text === '/';
  const per =
    slash || /^(?:per|each|every)$/.test(word(tokens, i)) || (i > at && /^(?:a|an)$/.test(word(tokens, i)));
  const span = per ? spanOf(word(tokens, i + 1)) : undefined;
  return span === undefined ? undefined : { unit: 'per-second', factor: 1 / span };
};

/** All numbers of a sentence; `unread`: what begins like a number and is none. */
export const quantities = (
  tokens: readonly Token[],
): { readonly said: readonly Quantity[]; readonly unread: readonly string[] } => {
  const found: (Said & { at: number })[] = [];
  const unread: string[] = [];
  for (let i = 0; i < tokens.length; ) {
    const said = readAt(tokens, i);
    if (said === undefined && tokens[i]!.kind === 'number') unread.push(tokens[i]!.text);
    if (said !== undefined) found.push({ ...said, at: i });
    i = said?.end ?? i + 1;
  }
  const units = new Map<number, Unit | undefined>();
  const said = found.reverse().map((one): Quantity => {
    const before = tokens[one.at - 1]?.text ?? '';
    const unit =
      one.unit ??
      (before in money ? unitOf(before) : undefined) ??
      unitAfter(tokens, one.end, (at) => units.get(at));
    units.set(one.at, unit);
    return { ...one, unit };
  });
  return { said: said.reverse(), unread };
};
