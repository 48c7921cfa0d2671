import { type EvidenceWriter, evidenceWriter } from '#core/evidence-writer';
import type { Evidence } from '#core/facts';
import { type Target, targetKey } from '#core/model';
import { settingsText } from '#core/narrate-others';
import { type Paid, type Regret, regretAgainst } from '#core/regret';

const meaning: Readonly<Record<string, string>> = {
  done: ', the sizes as they were',
  wanted: ', the sizes as the policy wanted them, from its own size and without limits',
};

const line = (w: EvidenceWriter, regret: Regret, paid: Paid): string => {
  const { name, settings, cost, replicaHours, lateShare, scalings } = paid;
  const hours = (value: number, of: string): string => w.number(value, 'replica-hours', of, 2);
  const more = regretAgainst(regret, name) ?? 0;
  const against =
    name === 'done'
      ? ''
      : `; what was done cost ${hours(Math.abs(more), `regret against ${name}`)} ${more > 0 ? 'more' : 'less'}`;
  return (
    `${w.name(name, 'autoscaler')}${meaning[name] ?? ''}${settingsText(w, settings)}: ${hours(cost, `cost of ${name}`)}, ` +
    `of them ${hours(replicaHours, `replica-hours of ${name}`)} for replicas; ` +
    `${w.percent(lateShare, `late share of ${name}`, 3)} of requests late, ` +
    `${w.number(scalings, 'count', `scalings of ${name}`)} scalings${against}.`
  );
};

/** What was paid in a stretch, and what others would have paid, one a line. */
export const regretEvidence = (target: Target, regret: Regret): Evidence => {
  const w = evidenceWriter();
  const { fromSeconds, toSeconds, heldSeconds, paid } = regret;
  const span = `${w.time(fromSeconds, 'start')} to ${w.time(toSeconds, 'end')}`;
  const held =
    heldSeconds === 0
      ? ''
      : ` Demand was not recorded for ${w.number(heldSeconds, 'seconds', 'held')}, in which its last rate is repeated.`;
  const head = `${w.name(targetKey(target), 'target')}, ${span}: costs on the recorded demand, late requests priced in by the law.${held}`;
  return w.done([head, ...paid.map((each) => line(w, regret, each))].join('\n'), []);
};

/** Where nothing can be judged. */
export const noRegretEvidence = (target: Target, fromSeconds: number, toSeconds: number): Evidence => {
  const w = evidenceWriter();
  const span = `${w.time(fromSeconds, 'start')} and ${w.time(toSeconds, 'end')}`;
  return w.done(
    `Of ${w.name(targetKey(target), 'target')} too little demand or no decision is kept between ${span} to judge what was paid.`,
    [],
  );
};
