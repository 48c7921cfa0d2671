import { type EvidenceWriter, evidenceWriter } from '#core/evidence-writer';
import type { Evidence } from '#core/facts';
import type { Gate, Knob, Measure, Opening, Way } from '#core/gate';
import { type Asked, gatesTo, goalOf, type Solve } from '#core/gates';
import { type Target, targetKey } from '#core/model';
import { inWords } from '#core/reasons';

/** What is measured, where it is said in words; the others are called by their names. */
const knobWords: Partial<Readonly<Record<Knob, string>>> = {
  'low line': 'the low line',
  'high line': 'the high line',
  'last scaled': 'last scaled at',
  'let through': 'lets it go to',
};

const expertKnobs: readonly Knob[] = ['low line', 'high line', 'wanted', 'too many'];

const number = (w: EvidenceWriter, { of, value, unit }: Measure): string => {
  if (unit === 'time') return w.time(Number(value), of);
  return w.number(
    Number(value),
    unit === 'state' ? 'plain' : unit,
    of,
    unit === 'per-second' ? 1 : undefined,
  );
};

const named = (w: EvidenceWriter, { of, name }: Measure): string =>
  name === undefined ? '' : ` (${w.name(name, expertKnobs.includes(of) ? 'expert' : 'limit')})`;

/** `schedule maxReplicas`: fields of the spec are names. */
const fieldName = (w: EvidenceWriter, of: Knob): string =>
  of
    .split(' ')
    .map((word) => (/[A-Z]/.test(word) ? w.name(word, 'limit') : word))
    .join(' ');

/** `much`: at least or at most, where it is no present value. */
const phrase = (w: EvidenceWriter, one: Measure, much = ''): string => {
  const { of, value, unit, name } = one;
  if (of === 'metric age') return `${w.name(name ?? '', 'metric')} ${much}${number(w, one)} old`;
  if (of === 'metrics' && name !== undefined) return `${w.name(name, 'metric')} ${value}`;
  if (of === 'writer')
    return value === 'gone'
      ? `${w.name(name ?? '', 'writer')} gone`
      : `${w.name(name ?? '', 'writer')} sets the size (${w.name(`${value}`, 'reason')})`;
  if (of === 'pause')
    return name === undefined ? `the pause ${value}` : `a pause by ${w.name(name, 'writer')} (${value})`;
  if (of === 'cpu' || of === 'memory') return `mean ${w.name(of, 'metric')} ${much}${number(w, one)}`;
  if (of === 'too many') return `${number(w, one)} beyond the high line`;
  if (of === 'mode') return `mode ${w.name(`${value}`, 'mode')}`;
  if (of === 'approval') return `approval of ${w.name(`${value}`, 'id')}`;
  const said = knobWords[of] ?? fieldName(w, of);
  if (typeof value === 'string') return `${said}${named(w, one)} ${value}`;
  if (unit === 'money') return `${said} ${much}${number(w, one)} ${w.name(name ?? '', 'limit')}`;
  return `${said}${named(w, one)} ${much}${number(w, one)}`;
};

const opening = (w: EvidenceWriter, one: Opening): string => {
  const given = one.given === undefined ? '' : `, if ${one.given}`;
  const sure = one.exact ? '' : ' (an estimate)';
  const what =
    one.unit === 'time'
      ? `at ${w.time(Number(one.value), 'opening time')}`
      : `with ${phrase(w, one, one.is === 'equal' ? '' : `${one.is} `)}`;
  return `${what}${given}${sure}`;
};

const shut = (w: EvidenceWriter, gate: Gate): string => {
  const why =
    gate.reason === undefined ? '' : `, because ${inWords(gate.reason)} (${w.name(gate.reason, 'reason')})`;
  const present =
    gate.present.length === 0 ? '' : `; now ${gate.present.map((one) => phrase(w, one)).join(', ')}`;
  const opens =
    gate.openings.length > 0
      ? `; opens ${gate.openings.map((one) => opening(w, one)).join(', or ')}`
      : gate.unknown === undefined
        ? ''
        : `; what would open it is not known: ${gate.unknown}`;
  return `Shut: ${w.name(gate.step, 'limit')}${why}${present}${opens}.`;
};

const open = (w: EvidenceWriter, { step, present }: Gate): string => {
  const values = present.map((one) => phrase(w, one)).join(', ');
  return `${w.name(step, 'limit')}${values === '' ? '' : ` (${values})`}`;
};

/** One way, gate by gate: those that are shut first. */
const wayText = (w: EvidenceWriter, { from, goal, gates }: Way, atSeconds: number): readonly string[] => {
  const barred = gates.filter(({ isOpen }) => !isOpen);
  const through = gates.filter(({ isOpen }) => isOpen);
  const head = `From ${w.change(from, goal, atSeconds, 'asked about')}:`;
  const sum =
    barred.length === 0
      ? `${head} nothing stands between.`
      : `${head} ${w.number(barred.length, 'count', 'gates shut')} of ${w.number(gates.length, 'count', 'gates')} gates ${barred.length === 1 ? 'is' : 'are'} shut.`;
  return [
    sum,
    ...barred.map((gate) => shut(w, gate)),
    ...(through.length === 0 ? [] : [`Open: ${through.map((gate) => open(w, gate)).join(', ')}.`]),
  ];
};

/** What a gate sees, and what would open it, each for a table. */
export const nowText = ({ present }: Gate): string =>
  present.map((one) => phrase(evidenceWriter(), one)).join(', ') || '-';

export const opensText = ({ isOpen, openings, unknown = 'not known' }: Gate): string =>
  isOpen ? '-' : openings.map((one) => opening(evidenceWriter(), one)).join(', or ') || unknown;

export type GatesFound = { readonly ways: readonly Way[]; readonly evidence: Evidence };

export type WaysAsked = Asked & {
  readonly record: { readonly target: Target; readonly atSeconds: number };
};

/** Both ways, or the one that is asked about. */
export const waysOf = (asked: Asked, solve?: Solve, only?: Way['direction']): readonly Way[] =>
  (['up', 'down'] as const)
    .filter((direction) => only === undefined || only === direction)
    .flatMap((direction) => {
      const goal = goalOf(asked, direction);
      return goal === undefined ? [] : [gatesTo(asked, goal, solve)];
    });

/** Each gate between what a decision left and another size, with what would open it. */
export const gatesEvidence = (asked: WaysAsked, ways: readonly Way[]): Evidence => {
  const w = evidenceWriter();
  const { record } = asked;
  const head = `${w.name(targetKey(record.target), 'target')}, ${w.time(record.atSeconds, 'decision')}.`;
  return w.done([head, ...ways.flatMap((way) => wayText(w, way, record.atSeconds))].join('\n'), [record.id]);
};
