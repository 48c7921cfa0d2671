import { modes } from '#core/model';
import { isReason } from '#core/reasons';
import type { KnownFacts } from './known-facts.ts';
import { fieldNames, isJoined, isPlain } from './plain-words.ts';
import { borne, type Token } from './scan.ts';
import { isTimeWord } from './times.ts';
import { multipleOf, numeralOf, ordinalOf, shareOf, unitOf } from './units.ts';

/** One thing under several names: a fact that has one of them bears out all. */
const aliases: readonly (readonly string[])[] = [
  ['hpa', 'horizontalpodautoscaler', 'hpas'],
  ['keda', 'scaledobject'],
  ['knative', 'kpa'],
  ['vpa', 'verticalpodautoscaler'],
  ['argo', 'argocd', 'argo-cd'],
  ['flux', 'fluxcd'],
  ['prometheus', 'promql'],
];
const aliasesOf = new Map(aliases.flatMap((group) => group.map((name) => [name, group] as const)));

/** Known wherever they stand, though their parts are plain words. */
const known = new Set(
  `nets-shipped nets-learned kpa-rule hpa-rule keda-rule column-q shadow-q q-learning hpa-tuned predictive-hpa base-stock
  sliding-quantile demand-steps two-lines missing-data awaiting-approval`.match(/\S+/g),
);

const kinds = new Set(['deployment', 'statefulset', 'replicaset', 'daemonset', 'cronjob', 'job']);
const smallModes: ReadonlyMap<string, string> = new Map(modes.map((mode) => [mode.toLowerCase(), mode]));

/** A name is looked for before and after these. */
const nouns = new Set(
  `target deployment namespace expert metric policy limit mode reason cluster autoscaler controller service workload app
  application statefulset writer actuator source`.match(/\S+/g),
);
/** Who does these, or is done so to, is somebody or something that has a name. */
const deeds = new Set(
  `approved refused rejected paused resumed overrode decided ordered asked chose chosen wanted set scaled raised lowered
  released held kept went gone grew grown shrank shrunk stayed`.match(/\S+/g),
);
const auxiliary = /^(?:is|are|was|were|be|been|has|have|had|would|did)$/;

const base = (text: string): string => text.replace(/['’]s?$/u, '');

const isBorneOut = (text: string, { names, loosely }: KnownFacts): boolean => {
  if (names.has(text)) return true;
  const small = text.toLowerCase();
  const group = aliasesOf.get(small);
  if (group !== undefined) return group.some((name) => loosely.has(name));
  return names.has(small) || (small !== text && loosely.has(small) && /^\p{Lu}/u.test(text));
};

/** Numbers and units in words are looked at elsewhere. */
const isNumeric = (word: string): boolean =>
  [numeralOf, ordinalOf, shareOf, multipleOf, unitOf].some((read) => read(word) !== undefined);

const isOrdinary = (word: string): boolean => isPlain(word) || isNumeric(word);

const prefixes =
  /^(?:non|re|pre|over|under|well|so|up|first|half|short|long|high|low|higher|lower|less|more|longer|shorter|larger|smaller)$/;

/** Joined by hyphens as English does it: `higher-than-expected`, `seven-minute`. */
const isCompound = (text: string): boolean => {
  if (isJoined(text)) return true;
  const parts = text.toLowerCase().split('-');
  return parts.every(isNumeric) || (prefixes.test(parts[0]!) && parts.slice(1).every(isOrdinary));
};

const isAdverb = (word: string): boolean => /\p{L}{2}ly$/u.test(word);
/** After `the autoscaler`: `reacted`. Names end so seldom. */
const isVerb = (word: string): boolean => /[^e]ed$/.test(word) || isAdverb(word);

/** The name that a word says, if it says one. */
const nameIn = (token: Token, facts: KnownFacts): string | undefined => {
  const text = base(token.text);
  const small = text.toLowerCase();
  // The policy shadow-q bears no mode out.
  if (smallModes.has(small) && !token.opens && /^\p{Lu}/u.test(text))
    return facts.names.has(text) ? undefined : text;
  if (isBorneOut(text, facts) || fieldNames.has(text)) return undefined;
  if (aliasesOf.has(small) || known.has(small) || isReason(text)) return text;
  if (/[-./:_]/.test(text)) return isCompound(text) ? undefined : text;
  if (/\d/.test(text)) return text;
  if (kinds.has(small) && !token.opens && /^\p{Lu}/u.test(text)) return text;
  // CamelCase, and HPA.
  if (/\p{Ll}\p{Lu}|\p{Lu}{2}/u.test(text)) return text;
  if (!/^\p{Lu}/u.test(text)) return undefined;
  return token.opens && (isOrdinary(text) || isAdverb(text)) ? undefined : text;
};

/** What is said of the word before: `decided`, `was raised`, `would have gone`. */
const deedAfter = (tokens: readonly Token[], i: number): boolean => {
  const next = tokens.slice(i + 1, i + 5).find(({ low }) => !auxiliary.test(low));
  return next?.kind === 'word' && deeds.has(next.low);
};

/** A small word that opens a sentence, does a deed, or stands beside `target`, `expert` or `by`, and is no plain English, is taken for a name. */
const isHidden = (tokens: readonly Token[], i: number, facts: KnownFacts): boolean => {
  const { text, opens } = tokens[i]!;
  if ((opens && /^\p{Lu}/u.test(text)) || isOrdinary(text) || isBorneOut(base(text), facts)) return false;
  const [before, after] = [tokens[i - 1], tokens[i + 1]].map((token) =>
    token?.kind === 'word' ? token.low : '',
  );
  if (opens || deedAfter(tokens, i)) return true;
  // `it was karpenter that decided`
  if (auxiliary.test(before!) && (after === 'that' || after === 'who')) return true;
  if (before === 'by' || before === 'named' || before === 'called') return true;
  return (nouns.has(before!) && !isVerb(text)) || nouns.has(after!);
};

/** `shadow mode`, `mode is off`. */
const isMode = (tokens: readonly Token[], i: number): boolean =>
  smallModes.has(tokens[i]!.low) &&
  (/^mode$/i.test(tokens[i + 1]?.text ?? '') ||
    (/^(?:is|was|to)$/.test(tokens[i - 1]?.text ?? '') && /^mode$/i.test(tokens[i - 2]?.text ?? '')));

const may = /^(?:may|might|can|could|would)$/;

/** `cpu` and `memory` are metrics that were read, unless it is said what they may do. */
const isMetric = (tokens: readonly Token[], i: number, { metrics }: KnownFacts): boolean =>
  metrics &&
  /^(?:cpu|memory)$/i.test(tokens[i]!.text) &&
  !tokens.slice(i + 1, i + 4).some(({ text }) => may.test(text));

/** `the HPA's rule`, `the rule of the HPA`: what is measured against, not who did it. */
const isRuleOfHpa = (tokens: readonly Token[], i: number): boolean =>
  /^HPA['’]s$/.test(tokens[i]!.text)
    ? tokens[i + 1]?.text === 'rule'
    : tokens[i]!.text === 'HPA' &&
      tokens
        .slice(Math.max(0, i - 3), i)
        .map(({ text }) => text)
        .join(' ') === 'rule of the';

const bare = /^[`"“']|[`"”']$/g;

/** Names that no fact has. */
export const wrongNames = (tokens: readonly Token[], facts: KnownFacts): readonly string[] =>
  tokens.flatMap((token, i): readonly string[] => {
    if (token.kind === 'id') return facts.names.has(token.text) ? [] : [token.text];
    if (token.kind === 'quoted') {
      const name = token.text.replaceAll(bare, '').trim();
      return name === '' || name === borne || isBorneOut(name, facts) ? [] : [token.text];
    }
    if (token.kind !== 'word' || isTimeWord(token.text)) return [];
    const small = token.low;
    if (isMode(tokens, i)) return facts.names.has(smallModes.get(small)!) ? [] : [token.text];
    if (isMetric(tokens, i, facts)) return facts.loosely.has(small) ? [] : [token.text];
    if (isRuleOfHpa(tokens, i)) return [];
    const name = nameIn(token, facts);
    if (name !== undefined) return [name];
    return isHidden(tokens, i, facts) ? [token.text] : [];
  });
