import type { FactUnit } from '#core/facts';

/** One of it is `factor` of the unit that facts are in. */
export type Unit = {
  readonly unit: FactUnit;
  readonly factor: number;
  /** The unit that the same may have been counted in. */
  readonly or?: FactUnit | undefined;
};

const of = (unit: FactUnit, factor: number, words: string, or?: FactUnit): [string, Unit][] =>
  words.split(' ').map((word) => [word, { unit, factor, or }]);

/** What a word after a number, or grown onto it, makes of it. */
const units: ReadonlyMap<string, Unit> = new Map([
  ...of('replicas', 1, 'replica replicas instance instances'),
  ...of('replicas', 1, 'pod pods', 'count'),
  ...of('per-second', 1, 'rps qps /s /sec /second req/s req/sec requests/s requests/second requests/sec'),
  ...of('per-second', 1 / 60, '/min /minute rpm req/min requests/min requests/minute'),
  ...of('per-second', 1 / 3600, '/h /hour'),
  ...of('ratio', 0.01, '% percent pct'),
  ...of('seconds', 0.001, 'ms msec millisecond milliseconds'),
  ...of('seconds', 1, 's sec secs second seconds'),
  ...of('seconds', 60, 'min mins minute minutes m'),
  ...of('seconds', 3600, 'h hr hrs hour hours'),
  ...of('seconds', 86_400, 'd day days'),
  ...of('seconds', 604_800, 'week weeks'),
  ...of('replica-hours', 1, 'replica-hours replica-hour pod-hours pod-hour'),
  ...of('money', 1, '$ € £ ¥ usd eur gbp chf jpy dollar dollars euro euros pound pounds franc francs yen'),
  ...of('money', 0.01, 'cent cents'),
  ...of(
    'count',
    1,
    'decision decisions gate gates scaling scalings time times change changes metric metrics expert experts miss misses ' +
      'reversal reversals cycle cycles rollouts proposal proposals pause pauses target targets option options limit limits ' +
      'request requests query queries reason reasons sample samples failure failures autoscaler autoscalers event events',
    'plain',
  ),
]);

export const unitOf = (word: string): Unit | undefined => units.get(word.toLowerCase());

const spans: ReadonlyMap<string, number> = new Map(
  [...units].flatMap(([word, { unit, factor }]) =>
    unit === 'seconds' && factor >= 1 ? [[word, factor]] : [],
  ),
);
/** How many seconds a word like `minute` says; undefined: it is no span of time. */
export const spanOf = (word: string): number | undefined => spans.get(word.toLowerCase());

/** Stands between a number and its unit: `7 more ready replicas`. */
const between = new Set(
  `ready starting more fewer less extra additional further new old older running pending desired healthy unhealthy late total
  other the its their these those such whole full simulated consecutive successive separate different distinct missed
  failed possible existing remaining wanted spare idle busy single full-time current available proposed good bad real`.match(
    /\S+/g,
  ),
);
export const isBetween = (word: string): boolean => between.has(word.toLowerCase());

const small =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen';
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety';
const numerals: ReadonlyMap<string, number> = new Map([
  ...small.split(' ').map((word, i): [string, number] => [word, i]),
  ...tens.split(' ').map((word, i): [string, number] => [word, 20 + 10 * i]),
  ['couple', 2],
  ['dozen', 12],
]);
export const numeralOf = (word: string): number | undefined => numerals.get(word.toLowerCase());

const scales: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1000],
  ['million', 1e6],
  ['billion', 1e9],
  ['k', 1000],
  ['K', 1000],
  ['M', 1e6],
  ['G', 1e9],
  ['bn', 1e9],
]);
/** `k` and `M` are written as they are; words are not. */
export const scaleOf = (word: string): number | undefined =>
  scales.get(word.length > 2 ? word.toLowerCase() : word);

const ordinals = 'third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth';
const ordinalValues: ReadonlyMap<string, number> = new Map(
  ordinals.split(' ').map((word, i): [string, number] => [word, 3 + i]),
);
export const ordinalOf = (word: string): number | undefined => ordinalValues.get(word.toLowerCase());

const shares: ReadonlyMap<string, number> = new Map([
  ['half', 1 / 2],
  ['halves', 1 / 2],
  ['third', 1 / 3],
  ['thirds', 1 / 3],
  ['quarter', 1 / 4],
  ['quarters', 1 / 4],
  ['fifth', 1 / 5],
  ['fifths', 1 / 5],
  ['tenth', 1 / 10],
  ['tenths', 1 / 10],
]);
export const shareOf = (word: string): number | undefined => shares.get(word.toLowerCase());

const multiples: ReadonlyMap<string, number> = new Map([
  ['twice', 2],
  ['double', 2],
  ['doubled', 2],
  ['doubles', 2],
  ['thrice', 3],
  ['triple', 3],
  ['tripled', 3],
  ['threefold', 3],
  ['quadrupled', 4],
  ['fourfold', 4],
  ['tenfold', 10],
  ['halved', 1 / 2],
]);
export const multipleOf = (word: string): number | undefined => multiples.get(word.toLowerCase());

/** So many that nobody could count them. */
export const isVagueMany = (word: string): boolean =>
  /^(?:dozens|hundreds|thousands|millions|billions)$/i.test(word);
