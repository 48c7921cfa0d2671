import { zoneOf } from '#core/local-time';
import { type NamedTime, readTimes } from '#core/question-time';
import { named, replicas, type Said, say, time } from '#core/said';

export const intents = [
  'why',
  'why-not',
  'what-would-it-take',
  'what-happened',
  'compare',
  'regret',
  'who',
  'unknown',
] as const;
export type Intent = (typeof intents)[number];

/** Characters. */
export const longestQuestion = 2000;

/** A question as it was understood. */
export type Question = {
  readonly intent: Intent;
  /** Which way the asker expects the size to go. */
  readonly direction: 'more' | 'fewer' | undefined;
  /** The size that the question speaks of. */
  readonly replicas: number | undefined;
  readonly time: NamedTime;
  /** It holds what looks like a time and is none. */
  readonly unreadTime: boolean;
  readonly askedAtSeconds: number;
  readonly timeZone: string;
  /** It names a date or a time of day, which are read in that zone. */
  readonly byClock: boolean;
};

const sizes: readonly RegExp[] = [
  /\bfrom \d{1,6} to (\d{1,6})\b/,
  /\b(\d{1,6}) (?:\w+ )?(?:replicas?|pods?|instances?)\b/,
  /\bwhy (?:not |only |just |still |exactly |is it |was it |are there |were there )*(\d{1,6})\b/,
  /\b(?:go|went|scaled?|grow|grew|get|got|shrink|shrank|drop(?:ped)?|up|down|stay(?:ed)?) (?:up |down |at |to |it )*(\d{1,6})\b/,
  /\bsize (?:of )?(\d{1,6})\b/,
];

const more =
  /\b(more|up|higher|grow|grew|grown|growing|add|added|bigger|larger|increased?|raised?|only|so few|too few|just)\b/;
const fewer =
  /\b(fewer|less|down|lower(?:ed)?|shrink|shrank|shrunk|removed?|smaller|decreased?|dropp?(?:ed)?|released?|so many|too many)\b/;

const not =
  /\bwhy (?:not|no|never|only|just|still|so (?:few|many)|too (?:few|many))\b|\bwhy\b.*(?:\bnot\b|n't\b|\bso few\b|\bso many\b|\btoo many\b|\btoo few\b|\bnever\b|\bonly\b|\bstuck\b)|\bwhat(?:'s| is| was)? (?:keep|block|prevent|hold|limit|stop)(?:s|ing|ped)?\b|\bwhat(?:'s| is| was)? (?:keeping|blocking|preventing|holding|limiting|stopping)\b/;
const take =
  /\bwhat (?:would|will|does|do|did|must|has to|have to|needs? to)\b.*\b(?:take|happen|change|need|be)\b|\bwhat (?:is|would be) (?:needed|missing|required)\b|\bhow (?:much|far|many) more\b.*\b(?:until|before|to|till)\b|\bwhen (?:will|would) (?:it|you|nimbusguard|there)\b|\bwhat would open\b|\bhow (?:can|could|do) (?:i|we)\b/;
const others =
  /\b(?:compared?|comparison|regret|versus|vs\.?|would(?:n't)? (?:the )?(?:hpa|keda|kpa|knative|others?|another|an? |each|every)|(?:hpa|keda|kpa|knative|experts?|others) (?:have|had|would|do|did)|better than|worse than|cheaper|instead of us)\b/;
const paid = /\b(?:regret|costs?|paid|pay|expensive|cheaper|better|worse|saved?|savings?)\b/;
const people =
  /\bwho\b|\b(?:people|person|human|anybody|anyone|somebody|someone|operator)\b|\bby hand\b|\bmanual(?:ly)?\b|\bwas it (?:paused|approved)\b/;
const happened =
  /\bwhat(?:'s| has| have| did| was| all)? (?:happen|change|go(?:ing|es)? on|went on|went wrong|been going|you d(?:o|id)|it d(?:o|id)|nimbusguard do|d(?:o|id)|done)|\b(?:happened|history|summar(?:y|ise|ize)|timeline|changes|anything|incident|how did it go|tell me about)\b/;
const why =
  /\b(?:why|explain|reason|how come|what (?:made|caused|led)|how many|what size|which size|what is the size|what are you doing|what is it doing|status)\b/;

const intentOf = (text: string, { kind }: NamedTime): Intent => {
  if (others.test(text) || paid.test(text)) return paid.test(text) || kind === 'span' ? 'regret' : 'compare';
  if (people.test(text)) return 'who';
  // What withheld a size over a span stands in its history.
  if (not.test(text)) return kind === 'span' ? 'what-happened' : 'why-not';
  if (happened.test(text)) return 'what-happened';
  if (take.test(text)) return 'what-would-it-take';
  if (why.test(text)) return kind === 'span' ? 'what-happened' : 'why';
  return kind === 'span' ? 'what-happened' : kind === 'moment' && text.length < 20 ? 'why' : 'unknown';
};

const numerals = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];
const numeral = new RegExp(`\\b(${numerals.join('|')})(?= (?:replicas?|pods?|instances?)\\b)`, 'gi');
/** `stuck at 7` is a size, though `at 7` alone is an hour. */
const sizeAt =
  /\b((?:is|are|was|were) (?:it|we|you|this|there)|stuck|stays?|stayed|remain(?:s|ed)?|sits?|sitting|held|holding) (?:still )?at (?=\d{1,6}(?!\w|[:.]\d| ?(?:[ap]\.?m\b|o'clock)))/gi;

const withSizes = (text: string): string =>
  text
    .replaceAll(numeral, (word) => `${numerals.indexOf(word.toLowerCase()) + 1}`)
    .replaceAll(sizeAt, '$1 size ');

/** Understands a question by its words alone: the same words are always understood alike. */
export const readQuestion = (text: string, askedAtSeconds: number, timeZone: string): Question => {
  const { time: found, byClock, rest } = readTimes(withSizes(text), askedAtSeconds, zoneOf(timeZone));
  const size = sizes.map((pattern) => pattern.exec(rest)?.[1]).find((found) => found !== undefined);
  const [up, down] = [more.test(rest), fewer.test(rest)];
  return {
    intent: intentOf(rest, found),
    direction: up === down ? undefined : up ? 'more' : 'fewer',
    replicas: size === undefined ? undefined : Number(size),
    time: found,
    unreadTime: /\d:\d|\d ?[ap]\.?m\b|\d{4}-\d/.test(rest),
    askedAtSeconds,
    timeZone,
    byClock,
  };
};

const aboutSeconds = { around: 900, people: 86_400, happened: 3600 } as const;

/** The moment that the question is about. */
export const momentOf = ({ time: found, askedAtSeconds }: Question): number =>
  found.kind === 'none' ? askedAtSeconds : found.kind === 'moment' ? found.fromSeconds : found.toSeconds;

/** The span that the question is about: around a moment, or what has just been. */
export const spanOf = (q: Question): { readonly fromSeconds: number; readonly toSeconds: number } => {
  const { time: found, intent, askedAtSeconds } = q;
  const { around, people: day, happened: before } = aboutSeconds;
  if (found.kind === 'span') return { fromSeconds: found.fromSeconds, toSeconds: found.toSeconds };
  if (found.kind === 'moment')
    return { fromSeconds: Math.max(0, found.fromSeconds - around), toSeconds: found.fromSeconds + around };
  const back = intent === 'what-happened' ? before : day;
  return { fromSeconds: Math.max(0, askedAtSeconds - back), toSeconds: askedAtSeconds };
};

/** Else it is about a moment. */
export const isAboutSpan = ({ intent }: Question): boolean =>
  ['what-happened', 'who', 'regret'].includes(intent);

const wishes: Readonly<Record<Intent, string>> = {
  why: 'why the size was what it was',
  'why-not': 'why the size was no other',
  'what-would-it-take': 'what it would take for another size',
  'what-happened': 'what happened',
  compare: 'what others would have done',
  regret: 'what was paid, and what others would have paid',
  who: 'what people did',
  unknown: 'the newest decision',
};

const wishesFor: Readonly<Record<'more' | 'fewer', Partial<Readonly<Record<Intent, string>>>>> = {
  more: { 'why-not': 'why the size was not greater', 'what-would-it-take': 'what it would take to grow' },
  fewer: { 'why-not': 'why the size was not smaller', 'what-would-it-take': 'what it would take to shrink' },
};

export const howToAsk = say`This was not understood; here is the newest decision. Ask why a size was what it was at a time, why not more or fewer, what it would take to grow, what happened in a span of time, whether the ${named('HPA', 'autoscaler')} would have scaled, what it cost, or who changed the size.`;

/** What the question was taken to be, with the times as they were read. */
export const understood = (q: Question): Said => {
  const { intent, direction, replicas: wanted, timeZone, byClock, unreadTime } = q;
  const { fromSeconds, toSeconds } = spanOf(q);
  const wish = (direction && wishesFor[direction][intent]) ?? wishes[intent];
  const when = isAboutSpan(q)
    ? say`from ${time(fromSeconds, 'the start of what is asked about')} to ${time(toSeconds, 'the end of what is asked about')}`
    : say`at ${time(momentOf(q), 'the time that is asked about')}`;
  const supposed =
    wanted === undefined ? '' : say`, and about ${replicas(wanted, 'the size in the question')}`;
  const zone = !byClock ? '' : say`; times of day are read in ${named(timeZone, 'source')}`;
  const isToCome = (isAboutSpan(q) ? fromSeconds : momentOf(q)) > q.askedAtSeconds;
  const remarks = `${unreadTime ? '; a time in it could not be read' : ''}${isToCome ? '; that time is still to come' : ''}`;
  return say`Asked: ${wish}, ${when}${supposed}${zone}${remarks}.`;
};
