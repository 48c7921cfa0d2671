import type { Evidence, Fact, FactUnit, NameKind } from '#core/facts';
import { type Target, targetKey } from '#core/model';
import { figure, inOneLine, rate } from '#core/one-line';
import { timeText } from '#core/time-text';

/** Words, and the facts that they stand on. */
export type Said = { readonly text: string; readonly facts: readonly Fact[] };

/** What is interpolated brings its facts along; words of our own hold neither figure nor name. */
export const say = (words: TemplateStringsArray, ...parts: readonly (Said | string)[]): Said => {
  let text = words[0]!;
  const facts: Fact[] = [];
  parts.forEach((part, i) => {
    text += `${typeof part === 'string' ? part : part.text}${words[i + 1]!}`;
    if (typeof part !== 'string') facts.push(...part.facts);
  });
  return { text, facts };
};

export const nothing: Said = { text: '', facts: [] };

export const joined = (parts: readonly Said[], between: string): Said => ({
  text: parts.map(({ text }) => text).join(between),
  facts: parts.flatMap(({ facts }) => facts),
});

const isKnown = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);

/** A number that is none is no fact. */
const number = (value: number | undefined, text: string, unit: FactUnit, of: string): Said => ({
  text,
  facts: isKnown(value) ? [{ kind: 'number', value, unit, of: inOneLine(of) }] : [],
});

export const figureOf = (value: number | undefined, digits: number, unit: FactUnit, of: string): Said =>
  number(value, figure(value, digits), unit, of);

/** What stands behind a number; money is followed by its currency, a count by what is counted. */
const unitWords: Readonly<Record<FactUnit, (value: number) => string>> = {
  replicas: (value) => (value === 1 ? ' replica' : ' replicas'),
  'per-second': () => '/s',
  ratio: () => '',
  seconds: () => ' s',
  'replica-hours': () => ' replica-hours',
  money: () => '',
  count: () => '',
  plain: () => '',
};

const withUnit = (value: number | undefined, text: string, unit: FactUnit, of: string): Said =>
  number(value, isKnown(value) ? `${text}${unitWords[unit](value)}` : text, unit, of);

/** With its unit. Without `digits` as many as it has, three behind the point at most. */
export const amountOf = (value: number, unit: FactUnit, of: string, digits?: number): Said => {
  const text =
    digits === undefined && isKnown(value) ? `${Number(value.toFixed(3))}` : figure(value, digits ?? 0);
  return withUnit(value, text, unit, of);
};

export const perSecond = (value: number | undefined, of: string): Said =>
  withUnit(value, rate(value), 'per-second', of);

/** `0.123 %` */
export const percentOf = (ratio: number, digits: number, of: string): Said =>
  say`${number(ratio, figure(100 * ratio, digits), 'ratio', of)} %`;

export const seconds = (value: number, of: string): Said => say`${figureOf(value, 0, 'seconds', of)} s`;

export const size = (count: number, of: string): Said => figureOf(count, 0, 'replicas', of);

export const replicas = (count: number, of: string): Said =>
  say`${size(count, of)}${unitWords.replicas(count)}`;

/** `1 decision`, `12 decisions`. */
export const countOf = (count: number, one: string, many: string): Said =>
  say`${figureOf(count, 0, 'count', many)} ${count === 1 ? one : many}`;

type Change = { readonly from: number; readonly to: number; readonly atSeconds: number };

/** `4 → 6`, `4 to 6`: the words between its two sizes are the asker's. */
export const changeOf = ({ from, to, atSeconds }: Change, of: string, between = ' → '): Said => ({
  text: `${figure(from, 0)}${between}${figure(to, 0)}`,
  facts: [from, to].every(Number.isFinite) ? [{ kind: 'change', from, to, atSeconds, of }] : [],
});

type Decided = { readonly decision: Pick<Change, 'from' | 'to'>; readonly atSeconds: number };

/** The change that a decision was about. */
export const decided = ({ decision, atSeconds }: Decided, of: string, between?: string): Said =>
  changeOf({ ...decision, atSeconds }, of, between);

/** `4 to 6 replicas` */
export const replicasChange = (change: Change, of: string): Said =>
  say`${changeOf(change, of, ' to ')}${unitWords.replicas(change.to)}`;

/** The size of a decision that changed none. */
export const stay = ({ to, ...decided }: Change, of: string): Said => ({
  text: figure(to, 0),
  facts: [...size(to, 'the size').facts, ...changeOf({ ...decided, to }, of).facts],
});

/** `2026-01-05 02:14:00Z` */
export const time = (atSeconds: number, of: string): Said => {
  const text = timeText(atSeconds);
  return { text, facts: text.endsWith('Z') ? [{ kind: 'time', atSeconds, of }] : [] };
};

/** Names come from outside: they stand in one line, and in the facts as they stand in the text. */
export const named = (name: string, of: NameKind): Said => {
  const text = inOneLine(name);
  return { text, facts: text.trim() === '' ? [] : [{ kind: 'name', name: text, of }] };
};

export const targetSaid = (target: Target): Said => named(targetKey(target), 'target');

/** Words from outside stand in quotation marks and are known as a whole: no figure in them is a fact of ours. */
export const quoted = (words: string): Said =>
  inOneLine(words).trim() === '' ? { text: 'no words', facts: [] } : say`"${named(words, 'quote')}"`;

/** Lines without those that are missing, each fact and id once; `unsaid`: what may be said besides, though no line does. */
export const evidence = (
  lines: readonly (Said | undefined)[],
  decisions: readonly string[],
  unsaid: Said = nothing,
): Evidence => {
  const told = joined(
    lines.filter((line) => line !== undefined),
    '\n',
  );
  const facts = new Map([...told.facts, ...unsaid.facts].map((fact) => [JSON.stringify(fact), fact]));
  return { text: told.text, facts: [...facts.values()], decisions: [...new Set(decisions)] };
};
