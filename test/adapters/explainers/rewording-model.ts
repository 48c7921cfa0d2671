import { type Asked, dataOf, type Script, saying, wayOf } from './scripted-model.ts';

/** The answer in the record's own words, as the model is shown it: the first data are whom it is about. */
const answerIn = (asked: Asked): string => dataOf(asked)[1] ?? '';

const reworded: readonly (readonly [RegExp, (...found: readonly string[]) => string])[] = [
  [
    /^(\S+) (?:went|was to go) from (\d+) to (\d+) replicas?, ([\d :-]+Z)/m,
    (who, from, to, at) =>
      `At ${at} ${who} was ${Number(to) > Number(from) ? 'raised' : 'lowered'} from ${from} to ${to} replicas.`,
  ],
  [
    /^(\S+) stayed at (\d+) replicas?, ([\d :-]+Z)/m,
    (who, size, at) => `At ${at} ${who} was kept at ${size} replicas.`,
  ],
  [
    /requests ([\d.]+)\/s \((\d+) s old\)/,
    (rate, age) => `Demand was ${rate} requests per second, read ${age} seconds before.`,
  ],
  [/In charge: ([\w-]+)/, (who) => `It was ${who} that decided.`],
];

/** What a good model makes of the data that it is shown: a few sentences of its own, or the record's first ones. */
const words = (asked: Asked): string => {
  const answer = answerIn(asked);
  const own = reworded.flatMap(([pattern, say]) => {
    const found = pattern.exec(answer);
    return found === null ? [] : [say(...found.slice(1))];
  });
  return own.length > 0 ? own.join(' ') : answer.split('\n').slice(0, 3).join('\n');
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
