import { geometricMean, mean } from '#core/statistics';
import { type EqualSlo, equalSlo } from './equal-slo.ts';
import { change, figure, markdownTable, percent } from './markdown.ts';
import { grouped, type Row } from './rows.ts';

type Compared = EqualSlo & { readonly peerHours: number };

const ratioOf = (compared: readonly Compared[]): number =>
  geometricMean(compared.map(({ ours, peerHours }) => ours.replicaHours / peerHours));

/** One line for the runs of a load and a drawing. */
const line = (own: readonly EqualSlo[]): readonly string[] => {
  const { load, draw } = own[0]!.ours;
  const compared = own.filter((one): one is Compared => one.peerHours !== undefined);
  const known = compared.length > 0;
  return [
    load,
    draw,
    percent(mean(own.map(({ ours }) => ours.lateShare))),
    `${compared.length} of ${own.length}`,
    known ? figure(mean(compared.map(({ ours }) => ours.replicaHours)), 1) : '–',
    known ? figure(mean(compared.map(({ peerHours }) => peerHours)), 1) : 'never so few late',
    known ? change(ratioOf(compared)) : '–',
  ];
};

/** The subject against the frontier of each sweep. */
export const equalSloSection = (rows: readonly Row[], subject: string): readonly string[] =>
  [...grouped(equalSlo(rows, subject), (one) => one.peer)].flatMap(([peer, own]) => {
    const compared = own.filter((one): one is Compared => one.peerHours !== undefined);
    const dearer = compared.filter(({ ours, peerHours }) => ours.replicaHours > peerHours).length;
    const unreached = own.length - compared.length;
    return [
      `### ${subject} against ${peer} at equal late share`,
      '',
      `Replica-hours of ${subject} by what ${peer} needs for no more late requests, on the line between its settings: ` +
        `geometric mean ${compared.length > 0 ? change(ratioOf(compared)) : '–'} over ${compared.length} runs, ` +
        `more in ${dearer} of them` +
        `${unreached > 0 ? `; in ${unreached} runs no setting of ${peer} has so few late requests, and no saving is counted` : ''}.`,
      '',
      ...markdownTable(
        ['load', 'drawing', 'late', 'compared', 'replica-hours', peer, 'difference'],
        [...grouped(own, ({ ours }) => JSON.stringify([ours.load, ours.draw])).values()].map(line),
      ),
    ];
  });
