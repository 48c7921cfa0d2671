import type { Evidence } from '#core/facts';
import type { Cycle } from '#core/model';
import { because } from '#core/narrate';
import type { Other, Others, PodBasis } from '#core/others';
import {
  amountOf,
  countOf,
  evidence,
  figureOf,
  joined,
  named,
  replicas,
  replicasChange,
  type Said,
  say,
  targetSaid,
  time,
} from '#core/said';

export const settingsSaid = (settings: Other['settings']): Said | string => {
  const parts = Object.entries(settings).map(([name, value]) => {
    const said =
      typeof value === 'number' ? amountOf(value, 'plain', name) : named(JSON.stringify(value), 'limit');
    return say`${named(name, 'limit')} ${said}`;
  });
  return parts.length === 0 ? '' : say` (${joined(parts, ', ')})`;
};

const against = (to: number, ours: number): Said | string =>
  to === ours
    ? 'the same'
    : say`${figureOf(Math.abs(to - ours), 0, 'count', 'difference')} ${to > ours ? 'more' : 'fewer'}`;

const line = ({ name, kind, settings, to, reason, worth }: Other, ours: number): Said => {
  const who = say`${named(name, kind)}${settingsSaid(settings)}`;
  if (to === undefined) return say`${who}: not known${reason === undefined ? '' : `, ${reason}`}.`;
  const why = reason === undefined ? '' : say`, because ${because(reason)}`;
  const value = worth === undefined ? '' : say`, worth ${figureOf(worth, 3, 'plain', `worth of ${name}`)}`;
  return say`${who}: ${replicas(to, `size of ${name}`)}, ${against(to, ours)}${why}${value}.`;
};

const cpu = named('cpu', 'metric');
const rebuilt = 'the pods of this look are rebuilt from replicas and';
const bases: Readonly<Record<PodBasis, Said | string>> = {
  pods: 'the pods of this look were kept',
  cpu: say`${rebuilt} mean ${cpu}`,
  requests: say`${rebuilt} demand, since ${cpu} was not read`,
  nothing: say`neither pods nor ${cpu} nor demand of this look were kept`,
};

/** What others would have done on the same samples, one a line. */
export const othersEvidence = (
  { id, target, atSeconds }: Pick<Cycle, 'id' | 'target' | 'atSeconds'>,
  { from, to, outcome, reason, others, looks, rebuilt: rebuiltLooks, basis }: Others,
): Evidence => {
  const decided =
    from === to
      ? say`to stay at ${replicas(to, 'size decided')}`
      : replicasChange({ from, to, atSeconds }, 'decision');
  const head = say`${targetSaid(target)}, ${time(atSeconds, 'decision')}: decided was ${decided} (${named(outcome, 'outcome')}, ${named(reason, 'reason')}).`;
  const known = say`${countOf(looks, 'look', 'looks')} before (${figureOf(rebuiltLooks, 0, 'count', 'looks rebuilt')} of them with rebuilt pods)`;
  const ground = say`On the same samples, from ${replicas(from, 'size found')}, knowing ${known}; ${bases[basis]}.`;
  const valued = others.some(({ worth }) => worth !== undefined);
  const meaning = valued ? say`Worth: the greater the better.` : undefined;
  return evidence([head, ground, ...others.map((other) => line(other, to)), meaning], [id]);
};
