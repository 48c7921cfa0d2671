import { type Asked, dataOf, type Script, saying, wayOf } from './scripted-model.ts';

/** The answer in the record's own words, as the model is shown it: the first data are whom it is about. */
const answerIn = (asked: Asked): string => dataOf(asked)[1] ?? '';

/** What is told as data makes a sentence; without a pattern's words there is none. */
const reworded: readonly (readonly [RegExp, (...found: readonly string[]) => string])[] = [
  [
    /^(\S+) (?:went|was to go) from (\d+) to (\d+) replicas?, ([\d :-]+Z)/gm,
    (who, from, to, at) =>
      `At ${at} ${who} was ${Number(to) > Number(from) ? 'raised' : 'lowered'} from ${from} to ${to} replicas.`,
  ],
  [
    /^(\S+) stayed at (\d+) replicas?, ([\d :-]+Z)/gm,
    (who, size, at) => `At ${at} ${who} was kept at ${size} replicas.`,
  ],
  [
    /requests ([\d.]+)\/s \((\d+) s old\)/g,
    (rate, age) =>
      `Demand was ${rate} requests per second, read ${age} ${age === '1' ? 'second' : 'seconds'} before.`,
  ],
  [/In charge: ([\w-]+)/g, (who) => `It was ${who} that decided.`],
  [
    /^From (\d+) to (\d+) replicas?: (\d+) of (\d+) gates (?:is|are) shut/gm,
    (from, to, shut, all) =>
      `From ${from} to ${to} replicas ${shut} of ${all} gates ${shut === '1' ? 'is' : 'are'} shut.`,
  ],
  [
    /^Shut: ([\w-]+),.*?\((\w+)\).*?; opens with demand (at \w+) ([\d.]+)\/s/gm,
    (gate, reason, much, rate) =>
      `The gate ${gate} is shut (${reason}) and opens with demand ${much} ${rate} requests per second, by an estimate.`,
  ],
  [
    /^(\S+) from ([\d :-]+Z) to ([\d :-]+Z): (\d+) replicas? at the start, (\d+) at the end; \d+ decisions, (\d+) changes/gm,
    (who, from, to, first, last, changes) =>
      `Between ${from} and ${to} there were ${changes} changes of ${who}, which had ${first} replicas at the start and ${last} at the end.`,
  ],
  [
    /^([\d :-]+Z): (\d+) → (\d+) by (\w+);/gm,
    (at, from, to, reason) => `At ${at} it went from ${from} to ${to} replicas (${reason}).`,
  ],
  [
    /^(hpa|keda): (\d+) replicas?, (the same|\d+ more|\d+ fewer)/gm,
    (who, size, against) => `${who} would have wanted ${size} replicas, ${against}.`,
  ],
];
const mostSentences = 6;

/** What a good model makes of the data that it is shown: a few sentences of its own, or the record's first ones. */
const words = (asked: Asked): string => {
  const answer = answerIn(asked);
  const own = reworded.flatMap(([pattern, say]) =>
    [...answer.matchAll(pattern)].map(([, ...found]) => say(...found)),
  );
  return own.length > 0 ? own.slice(0, mostSentences).join(' ') : answer.split('\n').slice(0, 3).join('\n');
};

/** The last figure of a text made another one. */
const altered = (text: string): string =>
  text.replace(/(\d)(?!.*\d)/s, (digit) => `${(Number(digit) + 3) % 10}`);

const sentencesOf = (text: string): readonly string[] => text.split(/(?<=\.) |\n/);
/** The sentence that is to be written anew is shown last. */
const lieIn = (asked: Asked): string => dataOf(asked).at(-1)!;
const truthOf = (asked: Asked): string =>
  sentencesOf(words(asked)).find((one) => altered(one) === lieIn(asked)) ?? lieIn(asked);

const scripted =
  (word: (asked: Asked) => string, rewrite: (asked: Asked) => string): Script =>
  (asked) => {
    const way = wayOf(asked);
    return saying(way === 'gather' ? 'READY' : way === 'word' ? word(asked) : rewrite(asked));
  };

/** Words answers well, whatever is asked, out of what it is shown. */
export const rewordingModel = scripted(words, truthOf);

/** The same, but one figure of each answer is another, until it is told so. */
export const lyingModel = scripted((asked) => altered(words(asked)), truthOf);

/** The same, and it is told in vain. */
export const stubbornModel = scripted((asked) => altered(words(asked)), lieIn);
