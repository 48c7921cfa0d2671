import { type EvidenceWriter, evidenceWriter } from '#core/evidence-writer';
import type { Evidence } from '#core/facts';
import type { Gate, Knob, Measure, Opening, Way } from '#core/gate';
import { type Asked, gatesTo, goalOf, type Solve } from '#core/gates';
import { type Target, targetKey } from '#core/model';
import { inWords } from '#core/reasons';

/** What is measured, where it is said in words; the others are called by their names. */
const knobWords: Partial<Readonly<Record<Knob, string>>> = {
  cpu: 'CPU of its target',
  'low line': 'the low line',
  'high line': 'the high line',
  'too many': 'beyond the high line',
  'metric age': 'the age of',
  'last scaled': 'last scaled at',
  pause: 'a pause',
};

const namedAs = (of: Knob): Parameters<EvidenceWriter['name']>[1] => {
  if (of === 'metrics' || of === 'metric age') return 'metric';
  if (of === 'writer' || of === 'pause') return 'writer';
  return of === 'low line' || of === 'high line' || of === 'wanted' || of === 'too many' ? 'expert' : 'limit';
};

const valueText = (w: EvidenceWriter, { of, value, unit, name }: Measure): string => {
  if (typeof value === 'string') {
    if (of === 'approval') return w.name(value, 'id');
    return of === 'mode' || of === 'writer' ? w.name(value, of === 'mode' ? 'mode' : 'reason') : value;
  }
  if (unit === 'time') return w.time(value, of);
  const text = w.number(value, unit === 'state' ? 'plain' : unit, of, unit === 'per-second' ? 1 : undefined);
  return unit === 'money' && name !== undefined ? `${text} ${w.name(name, 'limit')}` : text;
};

const measure = (w: EvidenceWriter, one: Measure): string => {
  const name =
    one.name === undefined || one.unit === 'money' ? '' : ` (${w.name(one.name, namedAs(one.of))})`;
  const said = knobWords[one.of] ?? one.of;
  return `${said} ${valueText(w, one)}${name}`;
};

const opening = (w: EvidenceWriter, one: Opening): string => {
  const given = one.given === undefined ? '' : `, if ${one.given}`;
  const sure = one.exact ? '' : ' (an estimate)';
  if (one.unit === 'time') return `at ${w.time(Number(one.value), 'opening time')}${given}${sure}`;
  const named =
    one.name === undefined || one.unit === 'money' ? '' : ` (${w.name(one.name, namedAs(one.of))})`;
  const said = knobWords[one.of] ?? one.of;
  const much = one.is === 'equal' ? '' : `${one.is} `;
  return `with ${said}${named} ${much}${valueText(w, one)}${given}${sure}`;
};

const shut = (w: EvidenceWriter, gate: Gate): string => {
  const why =
    gate.reason === undefined ? '' : `, because ${inWords(gate.reason)} (${w.name(gate.reason, 'reason')})`;
  const present =
    gate.present.length === 0 ? '' : `; now ${gate.present.map((one) => measure(w, one)).join(', ')}`;
  const opens =
    gate.openings.length > 0
      ? `; opens ${gate.openings.map((one) => opening(w, one)).join(', or ')}`
      : gate.unknown === undefined
        ? ''
        : `; what would open it is not known: ${gate.unknown}`;
  return `Shut: ${w.name(gate.step, 'limit')}${why}${present}${opens}.`;
};

const open = (w: EvidenceWriter, { step, present }: Gate): string => {
  const values = present.map((one) => measure(w, one)).join(', ');
  return `${w.name(step, 'limit')}${values === '' ? '' : ` (${values})`}`;
};

/** One way, gate by gate: those that are shut first. */
export const wayText = (w: EvidenceWriter, { from, goal, gates }: Way): readonly string[] => {
  const barred = gates.filter(({ isOpen }) => !isOpen);
  const through = gates.filter(({ isOpen }) => isOpen);
  const head = `From ${w.number(from, 'count', 'size')} to ${w.number(goal, 'replicas', 'size asked about')}:`;
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
  present.map((one) => measure(evidenceWriter(), one)).join(', ') || '-';

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
  return w.done([head, ...ways.flatMap((way) => wayText(w, way))].join('\n'), [record.id]);
};
