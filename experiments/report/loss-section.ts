import { geometricMean } from '#core/statistics';
import { baseCondition } from '../cells.ts';
import type { Definition } from '../definition.ts';
import { change, markdownTable, percent } from './markdown.ts';
import { grouped, type Row } from './rows.ts';
import { type Pair, pairsOf } from './standing.ts';

const runText = ({ load, condition, draw, seed }: Row): string =>
  `${load} (${condition === baseCondition ? '' : `${condition}, `}${draw}, seed ${seed})`;

const byRun = (pairs: readonly Pair[], subject: string, rival: string): readonly string[] =>
  markdownTable(
    ['run', 'cost', 'replica-hours', `late, ${subject}`, `late, ${rival}`],
    pairs.map(({ ours, theirs, ratio }) => [
      runText(ours),
      change(ratio),
      change(ours.replicaHours / theirs.replicaHours),
      percent(ours.lateShare),
      percent(theirs.lateShare),
    ]),
  );

/** `noisy-hour (latePrice=0.001) +1.2 %, 3 of 6 runs`, the geometric mean of those that were lost. */
const byLoad = (lost: readonly Pair[], all: readonly Pair[]): readonly string[] => {
  const place = ({ ours }: Pair): string =>
    `${ours.load}${ours.condition === baseCondition ? '' : ` (${ours.condition})`}`;
  const runs = grouped(all, place);
  return [...grouped(lost, place)].map(
    ([where, own]) =>
      `${where} ${change(geometricMean(own.map(({ ratio }) => ratio)))}, ${own.length} of ${runs.get(where)!.length}`,
  );
};

const lostBy = (rows: readonly Row[], subject: string, family: string) => {
  const all = pairsOf(rows, subject, family);
  return { all, lost: all.filter(({ ratio }) => ratio > 1).toSorted((a, b) => b.ratio - a.ratio) };
};

/** The rival run by run, all others load by load. */
export const lossSection = (rows: readonly Row[], { subject, rival }: Definition): readonly string[] => {
  const { all, lost } = lostBy(rows, subject, rival);
  const others = [...new Set(rows.map((row) => row.family))].filter(
    (family) => ![subject, rival, 'clairvoyant'].includes(family),
  );
  const count = `${subject} cost more than ${rival} in ${lost.length} of ${all.length} runs`;
  return [
    all.length === 0
      ? `${subject} and ${rival} never met: nothing can be said.`
      : `${count}${lost.length > 0 ? ':' : '.'}`,
    '',
    ...(lost.length === 0 ? [] : byRun(lost, subject, rival)),
    ...others.flatMap((family) => {
      const met = lostBy(rows, subject, family);
      return met.lost.length === 0
        ? []
        : [
            `It cost more than ${family} in ${met.lost.length} of ${met.all.length} runs ` +
              `(the mean of those lost, load by load): ${byLoad(met.lost, met.all).join('; ')}.`,
            '',
          ];
    }),
  ];
};
