import { type EvidenceWriter, evidenceWriter } from '#core/evidence-writer';
import type { Evidence } from '#core/facts';
import { type Cycle, targetKey } from '#core/model';
import type { Other, Others, PodBasis } from '#core/others';
import { inWords } from '#core/reasons';

export const settingsText = (w: EvidenceWriter, settings: Other['settings']): string => {
  const parts = Object.entries(settings).map(([name, value]) =>
    [
      w.name(name, 'limit'),
      typeof value === 'number' ? w.number(value, 'plain', name) : w.name(JSON.stringify(value), 'limit'),
    ].join(' '),
  );
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
};

const against = (w: EvidenceWriter, to: number, ours: number): string => {
  if (to === ours) return 'the same';
  const text = w.number(Math.abs(to - ours), 'count', 'difference');
  return to > ours ? `${text} more` : `${text} fewer`;
};

const line = (
  w: EvidenceWriter,
  { name, kind, settings, to, reason, worth }: Other,
  ours: number,
): string => {
  const who = `${w.name(name, kind)}${settingsText(w, settings)}`;
  if (to === undefined) return `${who}: not known, ${reason}.`;
  const why = reason === undefined ? '' : `, because ${inWords(reason)} (${w.name(reason, 'reason')})`;
  const value = worth === undefined ? '' : `, worth ${w.number(worth, 'plain', `worth of ${name}`, 3)}`;
  return `${who}: ${w.number(to, 'replicas', `size of ${name}`)}, ${against(w, to, ours)}${why}${value}.`;
};

const basisText = (w: EvidenceWriter, basis: PodBasis): string => {
  const rebuilt = 'the pods of this look are rebuilt from replicas and';
  const cpu = w.name('cpu', 'metric');
  return {
    pods: 'the pods of this look were kept',
    cpu: `${rebuilt} mean ${cpu}`,
    requests: `${rebuilt} demand, since ${cpu} was not read`,
    nothing: `neither pods nor ${cpu} nor demand of this look were kept`,
  }[basis];
};

/** What others would have done on the same samples, one a line. */
export const othersEvidence = (
  { id, target, atSeconds }: Pick<Cycle, 'id' | 'target' | 'atSeconds'>,
  { from, to, outcome, reason, others, looks, rebuilt, basis }: Others,
): Evidence => {
  const w = evidenceWriter();
  const decided =
    from === to
      ? `decided was to stay at ${w.number(to, 'replicas', 'size decided')}`
      : `decided was ${w.change(from, to, atSeconds, 'decision')}`;
  const head = `${w.name(targetKey(target), 'target')}, ${w.time(atSeconds, 'decision')}: ${decided} (${w.name(outcome, 'outcome')}, ${w.name(reason, 'reason')}).`;
  const ground =
    `On the same samples, from ${w.number(from, 'replicas', 'size found')}, knowing ${w.number(looks, 'count', 'looks before')} looks before ` +
    `(${w.number(rebuilt, 'count', 'looks rebuilt')} of them with rebuilt pods); ${basisText(w, basis)}.`;
  return w.done([head, ground, ...others.map((other) => line(w, other, to))].join('\n'), [id]);
};
