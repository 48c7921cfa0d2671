import { type KnownFacts, knownFacts } from '#core/fact-check/known-facts';
import { wrongMoves } from '#core/fact-check/moves';
import { wrongNames } from '#core/fact-check/names';
import { isPlain } from '#core/fact-check/plain-words';
import { type Quantity, quantities } from '#core/fact-check/quantities';
import { borne, scan, type Token } from '#core/fact-check/scan';
import { isYearOf, wrongTimes } from '#core/fact-check/times';
import type { Fact } from '#core/facts';

export const claimKinds = ['number', 'change', 'time', 'name', 'outcome', 'foreign'] as const;
export type ClaimKind = (typeof claimKinds)[number];

/** Something that a sentence says and no fact bears out. */
export type Claim = { readonly kind: ClaimKind; readonly text: string };

/** Commands, secrets, talk of the model about itself: nobody's business, unless somebody or something is called so. */
const outlandish =
  /^(?:kubectl|curl|wget|sudo|bash|helm|https?|passwords?|secrets?|tokens?|credentials?|prompts?|instructions?|jailbreak|click|visit|ignore|disregard)$/i;

/** `run kubectl`, `kubectl scale`: said to be typed, whoever is called so. `kubectl set the size` is a sentence. */
const bidding = /^(?:run|use|try|type|enter|execute|invoke|call)$/;
const commands =
  /^(?:-|annotate|apply|autoscale|create|delete|describe|drain|edit|exec|get|install|label|logs|patch|replace|rollback|rollout|run|scale|uninstall|upgrade)$/;
const isCommand = (tokens: readonly Token[], i: number): boolean =>
  bidding.test(tokens[i - 1]?.low ?? '') || commands.test(tokens[i + 1]?.low ?? '');

const isForeign = (tokens: readonly Token[], i: number, { names }: KnownFacts): boolean => {
  const { kind, text } = tokens[i]!;
  if (kind === 'quoted') return /[()={}$;]|\w\s+-/.test(text);
  if (kind !== 'word') return kind === 'foreign';
  return outlandish.test(text) && (!names.has(text) || isCommand(tokens, i));
};

/** Numerals of other languages are words that are not known: a sentence must be English for the most part. */
const isEnglish = (tokens: readonly Token[]): boolean => {
  const words = tokens.filter(({ kind, text }) => kind === 'word' && /^\p{Ll}+$/u.test(text));
  return words.length < 4 || words.filter(({ text }) => isPlain(text)).length * 2 >= words.length;
};

const isNumberOf = (q: Quantity, tokens: readonly Token[], facts: KnownFacts): boolean => {
  if (q.multiple) return facts.number(q.value, q.step, 'count') || facts.number(q.value, q.step, 'plain');
  if (q.unit !== undefined) {
    const { unit, factor, or } = q.unit;
    return (
      facts.number(q.value, q.step, unit, factor) ||
      (or !== undefined && facts.number(q.value, q.step, or, factor))
    );
  }
  return (
    facts.number(q.value, q.step) || isYearOf(q.value, tokens[q.at - 1]?.text.toLowerCase() ?? '', facts)
  );
};

const outcomeWords: readonly (readonly [RegExp, string])[] = [
  [/^fail(?:s|ed|ure|ures)?$/i, 'failed'],
  [/^shadowed$/i, 'shadowed'],
];
const negated = /^(?:not|no|never|without|nor|or|if|would|could)$|n['’]t$/i;

/** Where it is known how a decision ended, it may not be said to have failed when it did not. */
const wrongOutcomes = (tokens: readonly Token[], { outcomes, names }: KnownFacts): readonly string[] =>
  outcomes.size === 0
    ? []
    : tokens.flatMap(({ kind, text }, i) => {
        const outcome = kind === 'word' && outcomeWords.find(([word]) => word.test(text))?.[1];
        if (!outcome || outcomes.has(outcome)) return [];
        const known =
          outcome === 'failed' ? [...names].some((name) => /fail|error/i.test(name)) : names.has('Shadow');
        return known || tokens.slice(Math.max(0, i - 3), i).some((one) => negated.test(one.text))
          ? []
          : [text];
      });

/** So many are told to whoever words the sentence anew; more would not help. */
const mostClaims = 12;

/**
 * Holds sentences against facts: each number with its unit (rounded to the digits that are said, and no further), each
 * change in its order and direction, each time at the precision that is said, and each name must be one of them. Nothing
 * is added up: the result of a sum must be a fact. Words from outside stand in quotation marks. Links, addresses, code and
 * commands are refused. Time is linear in the text. `ownWords`: the text was made from the record by a program, which mixes
 * nothing up; there words from outside stand as they are, two sizes need be no change that was made, and what is denied is
 * not held against changes.
 *
 * What it can not see: whether a number belongs to the subject that it is said of (two sizes of one answer may be mixed up),
 * whether one thing caused the other, whether a quality ("calm", "too small") is so, what is denied other than a change that
 * is known, a time and a date that are true but of two moments, numbers that hide in words it has no list of.
 */
export const factCheck = (
  facts: readonly Fact[],
  { ownWords = false }: { readonly ownWords?: boolean } = {},
): ((text: string) => readonly Claim[]) => {
  const known = knownFacts(facts, ownWords);
  return (text) => {
    const tokens = scan(withoutWhole(text, known));
    const { said, unread } = quantities(tokens);
    const moves = wrongMoves(tokens, said, known, ownWords);
    const numbers = said.filter((q) => !moves.settled.has(q) && !isNumberOf(q, tokens, known));
    const of = (kind: ClaimKind, texts: readonly string[]): readonly Claim[] =>
      texts.map((one) => ({ kind, text: one.slice(0, 120) }));
    const claims = [
      ...of(
        'number',
        numbers.map((q) => saidAs(q, tokens)),
      ),
      ...of('change', moves.wrong),
      ...of('time', wrongTimes(tokens, known)),
      ...of('name', [...unread.filter((name) => !known.names.has(name)), ...wrongNames(tokens, known)]),
      ...of('outcome', wrongOutcomes(tokens, known)),
      ...of(
        'foreign',
        tokens.filter((_, i) => isForeign(tokens, i, known)).map(({ text }) => text),
      ),
      ...of('foreign', isEnglish(tokens) ? [] : ['words that are not English']),
    ];
    return [...new Map(claims.map((claim) => [`${claim.kind} ${claim.text}`, claim])).values()].slice(
      0,
      mostClaims,
    );
  };
};

const isLetter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\d]/u.test(character);

/** Names that hold anything, and reasons in their own words, stand for themselves, unless they end within a word. */
const withoutWhole = (text: string, { whole }: KnownFacts): string =>
  whole.reduce(
    (left, name) =>
      left.replaceAll(name, (found, at: number) => {
        const inWord =
          (isLetter(name[0]) && isLetter(left[at - 1])) ||
          (isLetter(name.at(-1)) && isLetter(left[at + name.length]));
        return inWord ? found : ` ${borne} `;
      }),
    text.replaceAll(borne, '\u{fffd}'),
  );

/** With the word after it, where that is its unit: `7 replicas`. */
const saidAs = (q: Quantity, tokens: readonly Token[]): string => {
  const after = tokens[q.end];
  return after?.kind === 'word' ? `${q.text} ${after.text}` : q.text;
};
