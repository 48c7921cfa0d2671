import type { Evidence } from '#core/facts';
import type { Gate, Knob, Measure, Opening, Way } from '#core/gate';
import type { Asked } from '#core/gates';
import type { Target } from '#core/model';
import { because } from '#core/narrate';
import {
  amountOf,
  evidence,
  figureOf,
  joined,
  named,
  replicasChange,
  type Said,
  say,
  targetSaid,
  time,
} from '#core/said';

/** What is measured, where it is said in words; the others are called by their names. */
const knobWords: Partial<Readonly<Record<Knob, string>>> = {
  'low line': 'the low line',
  'high line': 'the high line',
  'last scaled': 'last scaled at',
  'let through': 'lets it go to',
};

const expertKnobs: readonly Knob[] = ['low line', 'high line', 'wanted', 'too many'];

const amount = ({ of, value, unit }: Measure): Said => {
  const read = Number(value);
  if (unit === 'time') return time(read, of);
  // As finely as the demand that would open a gate is searched for.
  if (unit === 'per-second') return amountOf(read, unit, of, 1);
  return amountOf(read, unit === 'state' ? 'plain' : unit, of);
};

/** In brackets, whose it is. */
const whose = ({ of, name }: Measure): Said | string =>
  name === undefined ? '' : say` (${named(name, expertKnobs.includes(of) ? 'expert' : 'limit')})`;

/** `schedule maxReplicas`: fields of the spec are names. */
const knob = (of: Knob): Said | string =>
  knobWords[of] ??
  joined(
    of.split(' ').map((word) => (/[A-Z]/.test(word) ? named(word, 'limit') : say`${word}`)),
    ' ',
  );

/** `much`: at least or at most, where it is no present value. */
const phrase = (one: Measure, much = ''): Said => {
  const { of, value, unit, name } = one;
  const state = `${value}`;
  switch (of) {
    case 'metric age':
      return say`${named(name ?? '', 'metric')} ${much}${amount(one)} old`;
    case 'writer':
      return state === 'gone'
        ? say`${named(name ?? '', 'writer')} gone`
        : say`${named(name ?? '', 'writer')} sets the size (${named(state, 'reason')})`;
    case 'pause':
      return name === undefined
        ? say`the pause ${state}`
        : say`a pause by ${named(name, 'writer')} (${state})`;
    case 'cpu':
    case 'memory':
      return say`mean ${named(of, 'metric')} ${much}${amount(one)}`;
    case 'too many':
      return say`${amount(one)} beyond the high line`;
    case 'mode':
      return say`mode ${named(state, 'mode')}`;
    case 'approval':
      return say`approval of ${named(state, 'id')}`;
    case 'metrics':
      return say`${name === undefined ? of : named(name, 'metric')} ${state}`;
  }
  if (typeof value === 'string') return say`${knob(of)}${whose(one)} ${value}`;
  if (unit === 'money') return say`${knob(of)} ${much}${amount(one)} ${named(name ?? '', 'limit')}`;
  return say`${knob(of)}${whose(one)} ${much}${amount(one)}`;
};

const opening = (one: Opening): Said => {
  const given = one.given === undefined ? '' : `, if ${one.given}`;
  const sure = one.exact ? '' : ' (an estimate)';
  const what =
    one.unit === 'time'
      ? say`at ${time(Number(one.value), 'opening time')}`
      : say`with ${phrase(one, one.is === 'equal' ? '' : `${one.is} `)}`;
  return say`${what}${given}${sure}`;
};

const seen = ({ present }: Gate): Said =>
  joined(
    present.map((one) => phrase(one)),
    ', ',
  );

const opened = ({ openings }: Gate): Said => joined(openings.map(opening), ', or ');

const shut = (gate: Gate): Said => {
  const { step, reason, present, openings, unknown } = gate;
  const why = reason === undefined ? '' : say`, because ${because(reason)}`;
  const now = present.length === 0 ? '' : say`; now ${seen(gate)}`;
  const opens =
    openings.length > 0
      ? say`; opens ${opened(gate)}`
      : unknown === undefined
        ? ''
        : `; what would open it is not known: ${unknown}`;
  return say`Shut: ${named(step, 'limit')}${why}${now}${opens}.`;
};

const open = (gate: Gate): Said =>
  say`${named(gate.step, 'limit')}${gate.present.length === 0 ? '' : say` (${seen(gate)})`}`;

/** One way, gate by gate: those that are shut first. */
const wayLines = ({ from, goal, gates }: Way, atSeconds: number): readonly Said[] => {
  const barred = gates.filter(({ isOpen }) => !isOpen);
  const through = gates.filter(({ isOpen }) => isOpen);
  const count =
    barred.length === 0
      ? 'nothing stands between'
      : say`${figureOf(barred.length, 0, 'count', 'gates shut')} of ${figureOf(gates.length, 0, 'count', 'gates')} gates ${barred.length === 1 ? 'is' : 'are'} shut`;
  return [
    say`From ${replicasChange({ from, to: goal, atSeconds }, 'asked about')}: ${count}.`,
    ...barred.map(shut),
    ...(through.length === 0 ? [] : [say`Open: ${joined(through.map(open), ', ')}.`]),
  ];
};

/** What a gate sees, and what would open it, each for a table. */
export const nowText = (gate: Gate): string => seen(gate).text || '-';

export const opensText = (gate: Gate): string => {
  const { isOpen, unknown = 'not known' } = gate;
  return isOpen ? '-' : opened(gate).text || unknown;
};

export type GatesFound = { readonly ways: readonly Way[]; readonly evidence: Evidence };

export type WaysAsked = Asked & {
  readonly record: { readonly target: Target; readonly atSeconds: number };
};

/** Each gate between what a decision left and another size, with what would open it. */
export const gatesEvidence = (asked: WaysAsked, ways: readonly Way[]): Evidence => {
  const { id, target, atSeconds } = asked.record;
  const head = say`${targetSaid(target)}, ${time(atSeconds, 'decision')}.`;
  return evidence([head, ...ways.flatMap((way) => wayLines(way, atSeconds))], [id]);
};
