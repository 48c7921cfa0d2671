import {
  type Direction,
  directionAt,
  isUnsaid,
  lowering,
  moving,
  raising,
  reach,
  type Verb,
  verbAfter,
  verbBefore,
  word,
} from './directions.ts';
import type { Change, KnownFacts } from './known-facts.ts';
import type { Quantity } from './quantities.ts';
import type { Token } from './scan.ts';

const sizes = /^(?:replicas?|size|fleet|pods?|deployment|workload|instances?|it)$/;

const rounds = (fact: number, { value, step }: Quantity): boolean =>
  Math.abs(fact - value) <= step / 2 + 1e-9;
const goes = ({ from, to }: Change, direction: Direction): boolean =>
  direction === 'up' ? to > from : to < from;
const isSize = ({ unit, multiple, signed }: Quantity): boolean =>
  !multiple && !signed && (unit === undefined || unit.unit === 'replicas');

const approximately = /^(?:about|around|just|a|an|the|its|some|only|size|sizes|of)$/;
/** The word before a number, past what only softens it. */
const leadsTo = (tokens: readonly Token[], { at }: Quantity): string => {
  const near = word(tokens, at - 1);
  return approximately.test(near) ? word(tokens, at - 2) : near;
};

/** Two numbers that are said to be one change, in the order in which it was made. */
type Pair = { readonly from: Quantity; readonly to: Quantity; readonly strict: boolean };

const pairOf = (tokens: readonly Token[], a: Quantity, b: Quantity): Pair | undefined => {
  if (b.at - a.end > reach || a.signed || b.signed) return undefined;
  for (let i = a.end; i < b.at; i++) if (tokens[i]!.kind === 'break') return undefined;
  const between = leadsTo(tokens, b);
  const before = leadsTo(tokens, a);
  if (tokens[b.at - 1]!.kind === 'arrow') return { from: a, to: b, strict: true };
  if (before === 'to' && between === 'from') return { from: b, to: a, strict: true };
  const onwards = between === 'to' || between === 'into';
  // A range of rates or times says no more than its two ends, unless something moves.
  if (onwards && !isSize(a) && !isSize(b) && !isMoving(tokens, a)) return undefined;
  if (onwards && (before === 'from' || before === 'turned')) return { from: a, to: b, strict: true };
  // "raised 4 to 7"; "4 to 7" alone is a range.
  const verb = moving.test(before) || raising.test(before) || lowering.test(before);
  return onwards && b.at - 1 === a.end ? { from: a, to: b, strict: verb } : undefined;
};

const isMoving = (tokens: readonly Token[], { at }: Quantity): boolean => {
  for (let i = at - 1; i >= Math.max(0, at - reach) && tokens[i]!.kind !== 'break'; i--)
    if ([moving, raising, lowering].some((verb) => verb.test(word(tokens, i)))) return true;
  return false;
};

const isBorneOut = ({ from, to, strict }: Pair, changes: readonly Change[]): boolean => {
  const made = (first: Quantity, second: Quantity): boolean =>
    isSize(from) && isSize(to) && changes.some((c) => rounds(c.from, first) && rounds(c.to, second));
  return strict ? made(from, to) : made(from, to) || !made(to, from);
};

const textOf = (tokens: readonly Token[], from: number, to: number): string =>
  tokens
    .slice(from, to)
    .map(({ text }) => text)
    .join(' ');

type Claims = {
  /** What is said of changes and was none, by the words that say it. */
  readonly wrong: readonly string[];
  /** Numbers that were held against changes: they need be no fact of their own. */
  readonly settled: ReadonlySet<Quantity>;
};

/** `added 3`, `by two`: a difference, and its direction. */
const differenceAt = (
  tokens: readonly Token[],
  q: Quantity,
  verb: Verb | undefined,
): Direction | undefined => {
  if (verb === undefined || q.multiple || (q.unit !== undefined && q.unit.unit !== 'replicas'))
    return undefined;
  const near = leadsTo(tokens, q);
  if (near === 'by') return verb.direction;
  return /^(?:add(?:s|ed|ing)?|remov(?:e|es|ed|ing))$/.test(near) ? verb.direction : undefined;
};

/** `three replicas were added`. */
const differenceDone = (tokens: readonly Token[], q: Quantity): Direction | undefined => {
  if (!isSize(q)) return undefined;
  for (let i = q.end; i < q.end + 4; i++) {
    if (!/^(?:was|were|got)$/.test(word(tokens, i))) continue;
    const done = word(tokens, i + 1);
    if (/^(?:added|ordered|started)$/.test(done)) return 'up';
    return /^(?:removed|released|stopped)$/.test(done) ? 'down' : undefined;
  }
  return undefined;
};

const differs = (changes: readonly Change[], q: Quantity, direction: Direction | undefined): boolean =>
  changes.some(
    (c) =>
      (direction === undefined || goes(c, direction)) &&
      rounds(Math.abs(c.to - c.from), { ...q, value: Math.abs(q.value) }),
  );

const numbersOfMoves = (
  tokens: readonly Token[],
  said: readonly Quantity[],
  { changes }: KnownFacts,
): Claims => {
  const wrong: string[] = [];
  const settled = new Set<Quantity>();
  const paired = new Set<Quantity>();
  said.forEach((q, i) => {
    const next = said[i + 1];
    const pair = next && pairOf(tokens, q, next);
    const verb = verbBefore(tokens, q.at);
    if (pair !== undefined) {
      paired.add(pair.from).add(pair.to);
      const { from, to } = pair;
      const told = verb ?? verbAfter(tokens, next!.end);
      const opposite =
        told !== undefined && !told.unsaid && !goes({ from: from.value, to: to.value }, told.direction);
      if ((pair.strict && opposite) || !isBorneOut(pair, changes))
        wrong.push(textOf(tokens, pair.strict && opposite ? Math.min(told.at, q.at) : q.at, next!.end));
      return;
    }
    if (paired.has(q)) return;
    const difference = differenceAt(tokens, q, verb) ?? differenceDone(tokens, q);
    if (difference !== undefined) {
      settled.add(q);
      if (!differs(changes, q, difference))
        wrong.push(textOf(tokens, Math.min(verb?.at ?? q.at, q.at), q.end));
    } else if (isMoreOrFewer(tokens, q) && differs(changes, q, directionOfMore(tokens, q))) settled.add(q);
    else if (q.multiple && changes.some((c) => rounds(c.to / c.from, q))) settled.add(q);
    else if (isSize(q) && verb !== undefined && !verb.unsaid) {
      const end = leadsTo(tokens, q);
      const made = (c: Change): boolean => goes(c, verb.direction) && rounds(end === 'to' ? c.to : c.from, q);
      if ((end === 'to' || end === 'from') && !changes.some(made)) wrong.push(textOf(tokens, verb.at, q.end));
    } else if (isSize(q) && isArrival(tokens, q)) {
      if (!changes.some((c) => rounds(c.to, q))) wrong.push(textOf(tokens, q.at - 2, q.end));
    } else if (isSize(q) && leadsTo(tokens, q) === 'at' && holds.test(word(tokens, q.at - 2))) {
      const kept = (c: Change): boolean => c.from === c.to && rounds(c.to, q);
      const moved = (c: Change): boolean => c.from !== c.to && (rounds(c.from, q) || rounds(c.to, q));
      if (changes.some(moved) && !changes.some(kept)) wrong.push(textOf(tokens, q.at - 2, q.end));
    }
  });
  return { wrong, settled };
};

/** `went to 7`, `scaled to seven`. */
const isArrival = (tokens: readonly Token[], q: Quantity): boolean =>
  word(tokens, q.at - 1) === 'to' &&
  /^(?:went|goes|gone|scaled|scales|moved|brought|stepped)$/.test(word(tokens, q.at - 2)) &&
  !isUnsaid(tokens, q.at - 2);

const holds = /^(?:stay(?:s|ed)?|held|holds|remain(?:s|ed)?|kept|keeps|left|unchanged)$/;

const more = /^(?:more|extra|additional|further)$/;
const fewer = /^(?:fewer|less)$/;
const beside = (tokens: readonly Token[], { at, end }: Quantity): readonly string[] => [
  word(tokens, at - 1),
  word(tokens, end),
];
const isMoreOrFewer = (tokens: readonly Token[], q: Quantity): boolean =>
  q.signed || beside(tokens, q).some((one) => more.test(one) || fewer.test(one));
const directionOfMore = (tokens: readonly Token[], q: Quantity): Direction => {
  if (q.signed) return q.value < 0 ? 'down' : 'up';
  return beside(tokens, q).some((one) => fewer.test(one)) ? 'down' : 'up';
};

/** `was scaled up`, `the fleet grew`, without any number: some change must have gone that way. */
const bareDirections = (tokens: readonly Token[], { changes }: KnownFacts): readonly string[] =>
  tokens.flatMap((token, i) => {
    if (token.kind !== 'word') return [];
    const direction = directionAt(tokens, i);
    if (direction === undefined || isUnsaid(tokens, i)) return [];
    // A size may fall below a line and not change.
    if (/^(?:below|above|under|over|short|behind|within)$/.test(word(tokens, i + 1))) return [];
    const scaling = /^scal(?:es|ed)$/.test(word(tokens, i));
    const near = tokens.slice(Math.max(0, i - 3), i + 4).some(({ low }) => sizes.test(low));
    const past = /(?:ed|ew|ank|ose|ell)$/.test(word(tokens, i));
    if (!scaling && !(near && past)) return [];
    return changes.some((c) => goes(c, direction)) ? [] : [textOf(tokens, i, i + 2)];
  });

const denying = /^(?:not|never|nothing)$|n['’]t$/;
const changing = /^(?:scal(?:e|ed)|chang(?:e|ed)|mov(?:e|ed)|happened)$/;

/** `did not scale`, `was not lowered`, though all that is known are such changes. */
const denials = (tokens: readonly Token[], { changes }: KnownFacts): readonly string[] => {
  if (changes.length === 0) return [];
  return tokens.flatMap((token, i) => {
    const noChange = word(tokens, i) === 'no' && /^(?:changes?|scalings?)$/.test(word(tokens, i + 1));
    if (!noChange && !denying.test(word(tokens, i))) return [];
    if (/^(?:else|more|further)$/.test(word(tokens, i + 1))) return [];
    const at = [i + 1, i + 2].find(
      (one) => changing.test(word(tokens, one)) || directionAt(tokens, one) !== undefined,
    );
    // What was not the case because something else held it is told by conditions, not by changes.
    if (!noChange && (at === undefined || /^(?:may|would|could|can|should|will)$/.test(word(tokens, i - 1))))
      return [];
    const direction = at === undefined ? undefined : directionAt(tokens, at);
    const against = (c: Change): boolean => (direction === undefined ? c.from !== c.to : goes(c, direction));
    return changes.every(against) ? [`${token.text} ${word(tokens, at ?? i + 1)}`] : [];
  });
};

/** What is said of changes and no fact bears out. */
export const wrongMoves = (
  tokens: readonly Token[],
  said: readonly Quantity[],
  facts: KnownFacts,
  ownWords: boolean,
): Claims => {
  if (ownWords) return { wrong: [], settled: new Set() };
  const { wrong, settled } = numbersOfMoves(tokens, said, facts);
  return { wrong: [...wrong, ...bareDirections(tokens, facts), ...denials(tokens, facts)], settled };
};
