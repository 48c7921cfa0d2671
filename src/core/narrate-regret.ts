import type { Evidence } from '#core/facts';
import type { Target } from '#core/model';
import { settingsSaid } from '#core/narrate-others';
import { type Paid, type Regret, regretAgainst } from '#core/regret';
import {
  amountOf,
  countOf,
  evidence,
  named,
  percentOf,
  type Said,
  say,
  seconds,
  targetSaid,
  time,
} from '#core/said';

/** Replica-hours, by the digits in which they are told. */
const leastTold = 0.005;

const hours = (value: number, of: string): Said => amountOf(value, 'replica-hours', of, 2);

const meaning: Readonly<Record<string, string>> = {
  done: ', the sizes as they were',
  wanted: ', the sizes as the policy wanted them, from its own size and without limits',
};

/** What was done against this one; nothing of what was done itself. */
const against = (regret: Regret, name: string): Said | string => {
  if (name === 'done') return '';
  const more = regretAgainst(regret, name) ?? 0;
  if (Math.abs(more) < leastTold) return '; what was done cost the same';
  return say`; what was done cost ${hours(Math.abs(more), `regret against ${name}`)} ${more > 0 ? 'more' : 'less'}`;
};

const line = (regret: Regret, { name, settings, cost, replicaHours, lateShare, scalings }: Paid): Said => {
  const who = say`${named(name, 'autoscaler')}${meaning[name] ?? ''}${settingsSaid(settings)}`;
  const paid = say`${hours(cost, `cost of ${name}`)}, of them ${hours(replicaHours, `replica-hours of ${name}`)} for replicas`;
  const late = say`${percentOf(lateShare, 3, `late share of ${name}`)} of requests late`;
  return say`${who}: ${paid}; ${late}, ${countOf(scalings, 'scaling', 'scalings')}${against(regret, name)}.`;
};

/** What was paid in a stretch, and what others would have paid, one a line. */
export const regretEvidence = (target: Target, regret: Regret): Evidence => {
  const { fromSeconds, toSeconds, heldSeconds, paid } = regret;
  const held =
    heldSeconds === 0
      ? ''
      : say` Demand was not recorded for ${seconds(heldSeconds, 'held')}, in which its last rate is repeated.`;
  const head = say`${targetSaid(target)}, ${time(fromSeconds, 'start')} to ${time(toSeconds, 'end')}: costs on the recorded demand, late requests priced in by the law.${held}`;
  return evidence([head, ...paid.map((each) => line(regret, each))], []);
};

/** Where nothing can be judged. */
export const noRegretEvidence = (target: Target, fromSeconds: number, toSeconds: number): Evidence =>
  evidence(
    [
      say`Of ${targetSaid(target)} too little demand or no decision is kept between ${time(fromSeconds, 'start')} and ${time(toSeconds, 'end')} to judge what was paid.`,
    ],
    [],
  );
