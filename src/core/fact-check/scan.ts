/** What a sentence is made of, as far as the checker looks. */
export type Token = {
  readonly kind: Kind;
  readonly text: string;
  /** In lower case. */
  readonly low: string;
  /** The first word of a sentence may be written large without being a name. */
  readonly opens: boolean;
};
const kinds = [
  'borne',
  'foreign',
  'quoted',
  'time',
  'id',
  'number',
  'arrow',
  'word',
  'break',
  'mark',
] as const;
type Kind = (typeof kinds)[number];

/** Stands in for text that is a fact as a whole; nobody else may write it. */
export const borne = '\u{e000}';

const month =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\.?(?![\\p{L}])';
const zone = '(?: ?(?:Z|UTC|GMT)\\b|[+-]\\d{2}:?\\d{2}\\b)';
const halfDay = '(?: ?[ap](?:m\\b|\\.m\\.))';
const clock = '\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?';
const ordinal = '(?:st|nd|rd|th)';

/** Tried in this order at each place. None looks further than it takes, but for bounded steps: the time is linear. */
const patterns: Readonly<Record<Kind, string>> = {
  borne,
  foreign: [
    '[a-z][a-z\\d+.-]{1,20}://\\S*',
    'www\\.\\S+',
    '[\\w.+-]{1,64}@[\\w.-]+',
    '</?[a-zA-Z!][^<>]{0,200}>?',
    '(?<![\\w-])--[a-z][\\w-]*',
    '\\$[({]',
    '&&',
    // Numbers, letters and signs that are not read here, and what hides or steers.
    '(?!\\d)\\p{N}',
    '(?!\\p{Script=Latin})\\p{L}',
    '(?![\\n\\t])[\\p{Cc}\\p{Cf}\\p{Co}\\p{Extended_Pictographic}]',
    '[{}<|\\\\^#]',
  ].join('|'),
  quoted: '`[^`]{0,400}`|"[^"]{0,400}"|“[^”]{0,400}”|(?<![\\p{L}\\d])\'[\\w./:-]{1,200}\'',
  time: [
    `\\d{4}-\\d{2}-\\d{2}(?:[T ]\\d{2}:${clock}${zone}?)?(?![\\w-])`,
    // "02:14-02:20" is from one to the other: without a date only zones to the east are read.
    `\\d{1,2}:${clock}(?:${halfDay}| ?(?:Z|UTC|GMT)\\b|\\+\\d{2}:?\\d{2}\\b)?(?![\\w:])`,
    `\\d{1,2}(?:${halfDay}| o['’]clock)`,
    `\\d{1,2}${ordinal}?(?: of)? ${month}(?:,? \\d{4})?(?!\\w)`,
    `${month} \\d{1,2}${ordinal}?(?:,? \\d{4})?(?![\\w:])`,
    '\\d{1,4}[/.]\\d{1,2}[/.]\\d{2,4}(?![\\w.]*\\d)',
  ].join('|'),
  id: '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}(?!\\w)|(?=\\d*[a-f])[\\da-f]{16,64}(?!\\w)|\\d+(?:\\.\\d+){2,}',
  number:
    '(?:(?<![\\p{L}\\d).\\]%])[+−-])?(?:\\d{1,3}(?:[,_\\u00a0\\u202f’]\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?(?:[eE][+-]?\\d{1,3}(?!\\w))?' +
    '(?:/(?:s|sec|second|min|minute|h|hour)\\b| ?[%×]|-?\\p{L}[\\p{L}\\d]*(?:/\\p{L}+)?)?',
  arrow: '→|⟶|-{1,2}>|=>',
  word: "\\p{L}[\\p{L}\\p{M}\\d]*(?:['’]\\p{L}+)?(?:[-./:_]+[\\p{L}\\d]+)*",
  break: '[.!?…:;•]|\\n',
  mark: '[^\\s]',
};

const token = new RegExp(kinds.map((kind) => `(?<${kind}>${patterns[kind]})`).join('|'), 'gu');

export const scan = (text: string): readonly Token[] => {
  const tokens: Token[] = [];
  let opens = true;
  for (const match of text.matchAll(token)) {
    const kind = kinds.find((one) => match.groups![one] !== undefined)!;
    tokens.push({ kind, text: match[0], low: match[0].toLowerCase(), opens: opens && kind === 'word' });
    if (kind === 'break') opens = true;
    else if (kind !== 'mark') opens = false;
  }
  return tokens;
};
