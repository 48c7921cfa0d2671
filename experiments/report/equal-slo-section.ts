import { geometricMean } from '#core/statistics';
import { equalSlo } from './equal-slo.ts';
import { change, figure, markdownTable, percent } from './markdown.ts';
import { grouped, type Row } from './rows.ts';

/** Each sweep's frontier, run by run. */
export const equalSloSection = (rows: readonly Row[], subject: string): readonly string[] => {
  const found = equalSlo(rows, subject);
  return [...grouped(found, (one) => one.peer)].flatMap(([peer, own]) => {
    const compared = own.flatMap((one) =>
      one.peerHours === undefined ? [] : one.ours.replicaHours / one.peerHours,
    );
    const unreached = own.length - compared.length;
    return [
      `### ${subject} against ${peer} at equal late share`,
      '',
      `Replica-hours of ${subject} by what ${peer} needs for no more late requests, on the line between its settings: ` +
        `geometric mean ${compared.length > 0 ? change(geometricMean(compared)) : '–'} over ${compared.length} runs` +
        `${unreached > 0 ? `; in ${unreached} runs no setting of ${peer} has so few late requests, and no saving is counted` : ''}.`,
      '',
      ...markdownTable(
        ['load', 'drawing', 'seed', 'late', 'replica-hours', peer, 'difference'],
        own.map(({ ours, peerHours }) => [
          ours.load,
          ours.draw,
          `${ours.seed}`,
          percent(ours.lateShare),
          figure(ours.replicaHours, 1),
          peerHours === undefined ? 'never so few' : figure(peerHours, 1),
          peerHours === undefined ? '–' : change(ours.replicaHours / peerHours),
        ]),
      ),
    ];
  });
};
