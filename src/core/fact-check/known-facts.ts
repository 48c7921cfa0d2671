import type { Fact, FactUnit } from '#core/facts';
import { isReason, reasonWords } from '#core/reasons';

export type Change = { readonly from: number; readonly to: number };

/** Facts as they are looked up. */
export type KnownFacts = {
  /** Whether a number of this unit rounds to `value` at steps of `step`; both are in units of `factor`. Without a unit: of any. */
  number(value: number, step: number, unit?: FactUnit, factor?: number): boolean;
  readonly changes: readonly Change[];
  readonly times: readonly number[];
  readonly names: ReadonlySet<string>;
  /** The same in lower case, with the parts that they are joined from. */
  readonly loosely: ReadonlySet<string>;
  /** Names and reasons in words that are not read word by word, the longest first. */
  readonly whole: readonly string[];
  readonly outcomes: ReadonlySet<string>;
  readonly metrics: boolean;
};

const ordinaryName = /^[\p{Script=Latin}\d_]+(?:[-./:_]+[\p{Script=Latin}\d_]+)*$/u;

/** What is said may be rounded to its last digit, and no further. Doubles: 0.15 is a little less than itself. */
const withinStep = (fact: number, said: number, step: number): boolean =>
  Math.abs(fact - said) <= step / 2 + Math.abs(said) * 1e-9 + 1e-12;

type Measured = { readonly unit: FactUnit; readonly value: number };

const measuredIn = (facts: readonly Fact[]): readonly Measured[] =>
  facts.flatMap((fact): readonly Measured[] => {
    if (fact.kind === 'number') return [fact];
    return fact.kind === 'change' ? [fact.from, fact.to].map((value) => ({ unit: 'replicas', value })) : [];
  });

const ascending = (some: readonly Measured[], factor = 1): Float64Array =>
  Float64Array.from(some, ({ value }) => value / factor).sort();

/** Whether one of the ascending values is `said`, rounded. */
const anyWithin = (values: Float64Array, said: number, step: number): boolean => {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < said) low = middle + 1;
    else high = middle;
  }
  return [low - 1, low].some((i) => i in values && withinStep(values[i]!, said, step));
};

const numberAmong = (facts: readonly Fact[], ownWords: boolean): KnownFacts['number'] => {
  const measured = measuredIn(facts);
  // A share is no whole number, unless it is none or all: a model may not round it to that.
  const countable = measured.filter(
    ({ unit, value }) => ownWords || unit !== 'ratio' || Number.isInteger(value),
  );
  const [any, anyWhole] = [ascending(measured), ascending(countable)];
  const byUnit = Map.groupBy(measured, ({ unit }) => unit);
  const scaled = new Map<string, Float64Array>();
  const inUnits = (unit: FactUnit, factor: number): Float64Array => {
    const key = `${unit} ${factor}`;
    const found = scaled.get(key) ?? ascending(byUnit.get(unit) ?? [], factor);
    scaled.set(key, found);
    return found;
  };
  return (value, step, unit, factor = 1) => {
    const among = unit !== undefined ? inUnits(unit, factor) : step < 1 ? any : anyWhole;
    return anyWithin(among, value, step);
  };
};

/** `ownWords`: the texts are the record's own, where words from outside stand without quotation marks. */
export const knownFacts = (facts: readonly Fact[], ownWords: boolean): KnownFacts => {
  const changes: Change[] = [];
  const times: number[] = [];
  const names = new Set<string>();
  const loosely = new Set<string>();
  const whole = new Set<string>();
  const outcomes = new Set<string>();
  let metrics = false;

  const noteQuote = (words: string): void => {
    if (words.trim() === '') return;
    if (ownWords) {
      if (ordinaryName.test(words)) names.add(words);
      else whole.add(words);
    }
    for (const [open, close] of ['""', '“”', '``', "''"] as const) whole.add(`${open}${words}${close}`);
  };
  const noteName = (name: string): void => {
    names.add(name);
    // What holds anything is known as it stands, and none of its words alone.
    if (!ordinaryName.test(name)) {
      if (name.trim() !== '') whole.add(name);
      return;
    }
    loosely.add(name.toLowerCase());
    const parts = name.split(/[/\s:=]+/);
    for (const part of parts) if (part !== '') names.add(part);
    // A target may be named without its kind.
    if (parts.length === 3) names.add(`${parts[0]}/${parts[2]}`);
    for (const part of name.toLowerCase().split(/[^\p{L}\d]+/u)) loosely.add(part);
  };

  for (const fact of facts) {
    if (fact.kind === 'number') continue;
    if (fact.kind === 'time') times.push(fact.atSeconds);
    else if (fact.kind === 'change') {
      changes.push(fact);
      times.push(fact.atSeconds);
    } else if (fact.of === 'quote') noteQuote(fact.name);
    else {
      noteName(fact.name);
      if (fact.of === 'outcome') outcomes.add(fact.name);
      if (fact.of === 'outcome' && fact.name === 'shadowed') names.add('Shadow');
      // The record's own words speak of CPU and memory where neither was read.
      if (fact.of === 'metric' && !ownWords) metrics = true;
      if (isReason(fact.name)) {
        whole.add(reasonWords[fact.name]);
        for (const [word] of reasonWords[fact.name].matchAll(/\p{Lu}\p{L}+/gu)) noteName(word);
      }
    }
  }

  return {
    number: numberAmong(facts, ownWords),
    changes,
    times,
    names,
    loosely,
    whole: [...whole].sort((a, b) => b.length - a.length),
    outcomes,
    metrics,
  };
};
