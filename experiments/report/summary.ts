import { geometricMean } from '#core/statistics';
import { baseCondition } from '../cells.ts';
import type { Definition } from '../definition.ts';
import { judgeDefaults } from '../judge.ts';
import { withBestSingles } from './best-single.ts';
import { costSoFar, curves, headway } from './curves.ts';
import { equalSlo } from './equal-slo.ts';
import { change, figure, markdownTable, percent } from './markdown.ts';
import { grouped, type Row } from './rows.ts';
import { duel, pairsOf, standings } from './standing.ts';

const drawn = (draw: string): string => `drawn as ${draw}`;
const range = ({ low, high }: { low: number; high: number }): string => `${figure(low)} … ${figure(high)}`;

const standingSection = (rows: readonly Row[], subject: string): readonly string[] =>
  markdownTable(
    [
      '',
      'cost',
      'middle half',
      '95 % of it',
      'replicas',
      'late',
      'scalings/h',
      'reversals/h',
      `${subject} against it`,
      '95 %',
      'wins',
      'worst load',
    ],
    standings(rows)
      .toSorted((a, b) => a.geometricMean - b.geometricMean)
      .map((s) => {
        const family = rows.find((row) => row.contestant === s.contestant)!.family;
        const met = family === subject ? undefined : duel(rows, subject, family);
        return [
          s.contestant,
          figure(s.geometricMean),
          figure(s.interquartileMean),
          range(s.interval),
          figure(s.replicas, 2),
          percent(s.lateShare),
          figure(s.scalingsPerHour, 1),
          figure(s.reversalsPerHour, 1),
          ...(met === undefined
            ? ['', '', '', '']
            : [
                figure(met.geometricMean),
                range(met.interval),
                `${met.wins} of ${met.runs}`,
                `${figure(met.worst)} ${met.worstLoad}`,
              ]),
        ];
      }),
  );

const loadSection = (rows: readonly Row[]): readonly string[] => {
  const contestants = [...new Set(rows.map((row) => row.contestant))].filter(
    (name) => name !== 'clairvoyant',
  );
  return markdownTable(
    ['load', ...contestants],
    [...grouped(rows, (row) => row.load)].map(([load, own]) => {
      const ratios = contestants.map((name) =>
        geometricMean(own.filter((row) => row.contestant === name).map((row) => row.ratio)),
      );
      const least = Math.min(...ratios.filter((ratio) => ratio > 0));
      return [load, ...ratios.map((ratio) => (ratio === least ? `**${figure(ratio)}**` : figure(ratio)))];
    }),
  );
};

/** Every run that was lost to anybody else, in one line for each of them. */
const otherLosses = (rows: readonly Row[], { subject, rival }: Definition): readonly string[] =>
  [...new Set(rows.map((row) => row.family))]
    .filter((family) => ![subject, rival, 'clairvoyant'].includes(family))
    .flatMap((family) => {
      const pairs = pairsOf(rows, subject, family);
      const lost = pairs.filter((pair) => pair.ratio > 1).toSorted((a, b) => b.ratio - a.ratio);
      const runs = lost.map(({ ours, ratio }) => `${runText(ours)} ${change(ratio)}`);
      return lost.length === 0
        ? []
        : [`It cost more than ${family} in ${lost.length} of ${pairs.length} runs: ${runs.join('; ')}.`, ''];
    });

const runText = ({ load, condition, draw, seed }: Row): string =>
  `${load} (${condition === baseCondition ? '' : `${condition}, `}${draw}, seed ${seed})`;

const lossSection = (rows: readonly Row[], definition: Definition): readonly string[] => {
  const { subject, rival } = definition;
  const pairs = pairsOf(rows, subject, rival);
  const lost = pairs.filter((pair) => pair.ratio > 1).toSorted((a, b) => b.ratio - a.ratio);
  return [
    pairs.length === 0
      ? `${subject} and ${rival} never met: nothing can be said.`
      : `${subject} cost more than ${rival} in ${lost.length} of ${pairs.length} runs${lost.length > 0 ? ':' : '.'}`,
    '',
    ...(lost.length === 0
      ? []
      : markdownTable(
          ['run', 'cost', 'replica-hours', `late, ${subject}`, `late, ${rival}`],
          lost.map(({ ours, theirs, ratio }) => [
            runText(ours),
            change(ratio),
            change(ours.replicaHours / theirs.replicaHours),
            percent(ours.lateShare),
            percent(theirs.lateShare),
          ]),
        )),
    ...otherLosses(rows, definition),
  ];
};

const equalSloSection = (rows: readonly Row[], subject: string): readonly string[] => {
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

const conditionSection = (rows: readonly Row[], { subject, rival }: Definition): readonly string[] => {
  const families = [...new Set(rows.map((row) => row.family))].filter((name) => name !== 'clairvoyant');
  return markdownTable(
    ['condition', 'drawing', ...families, `${subject} by ${rival}`, 'worst load'],
    [...grouped(rows, (row) => JSON.stringify([row.condition, row.draw])).values()].map((own) => {
      const met = duel(own, subject, rival);
      return [
        own[0]!.condition,
        own[0]!.draw,
        ...families.map((family) =>
          figure(geometricMean(own.filter((row) => row.family === family).map((row) => row.ratio))),
        ),
        figure(met?.geometricMean),
        met === undefined ? '–' : `${figure(met.worst)} ${met.worstLoad}`,
      ];
    }),
  );
};

/** The first few one by one, then ever fewer. */
const told = (bucket: number, last: number): boolean =>
  bucket < 4 || bucket === last || [6, 8, 12, 16, 24, 32, 48, 64, 96].includes(bucket + 1);

const elapsed = (seconds: number): string =>
  seconds % 86_400 === 0
    ? `${seconds / 86_400} d`
    : seconds < 3600
      ? `${seconds / 60} min`
      : `${Number((seconds / 3600).toFixed(2))} h`;

const curveSection = (rows: readonly Row[], definition: Definition): readonly string[] => {
  const points = curves(rows);
  const { subject, rival } = definition;
  const bucketSeconds = definition.judge.bucketSeconds!;
  const names = [...new Set(points.map((point) => point.contestant))];
  const last = Math.max(...points.map((point) => point.bucket));
  const of = (name: string, bucket: number) =>
    points.find((point) => point.contestant === name && point.bucket === bucket);
  const hours = (buckets: number | undefined): string =>
    buckets === undefined ? 'behind at the end' : `${figure((buckets * bucketSeconds) / 3600, 2)} h`;
  const ahead = headway(rows, subject, rival);
  const soFar = costSoFar(rows, subject, rival);
  const lastBehind = soFar.findLastIndex((ratio) => ratio >= 1);
  const verdict =
    lastBehind === soFar.length - 1
      ? 'is not below 1 at the end'
      : `is below 1 from ${elapsed((lastBehind + 2) * bucketSeconds)} on`;
  return [
    '## Cost by the clairvoyant limit, stretch by stretch',
    '',
    ...markdownTable(
      ['until', 'runs', ...names, `${subject} so far by ${rival}`],
      Array.from({ length: last + 1 }, (_, bucket) => bucket)
        .filter((bucket) => told(bucket, last))
        .map((bucket) => [
          elapsed((bucket + 1) * bucketSeconds),
          `${Math.max(...names.map((name) => of(name, bucket)?.runs ?? 0))}`,
          ...names.map((name) => figure(of(name, bucket)?.ratio)),
          figure(soFar[bucket]),
        ]),
    ),
    `## How soon ${subject} is ahead of ${rival}`,
    '',
    `Over all runs, the cost since the start by that of ${rival} (the last column above) ${verdict}. ` +
      'Load by load, the time after which it is never again above the other\u2019s:',
    '',
    ...markdownTable(
      ['load', 'runs', 'mean', 'worst', 'runs ever behind', 'behind at the end'],
      ahead.map((one) => [
        one.load,
        `${one.runs}`,
        hours(one.meanBuckets),
        hours(one.worstBuckets),
        `${one.everBehind}`,
        `${one.behindAtEnd}`,
      ]),
    ),
  ];
};

const settingsText = ({ judge, vary, seeds }: Definition): string => {
  const all = Object.entries({ ...judgeDefaults, ...judge, draw: undefined, seed: undefined });
  const varied = Object.entries(vary).filter(([, value]) => value !== undefined && value !== false);
  const text = (entries: readonly (readonly [string, unknown])[]): string =>
    entries.map(([key, value]) => `${key} ${JSON.stringify(value)}`).join(', ');
  return (
    `Judge: ${text(all.filter(([, value]) => value !== undefined))}. Seeds: ${seeds.join(', ')}` +
    `${varied.length > 0 ? `, each with its own ${text(varied)}` : ''}.`
  );
};

export type SummaryInput = {
  readonly name: string;
  readonly definition: Definition;
  readonly rows: readonly Row[];
  readonly cells: number;
  readonly pictures: readonly { readonly file: string; readonly title: string }[];
};

/** Everything that was found, losses beside wins. */
export const summary = ({ name, definition, rows, cells, pictures }: SummaryInput): string => {
  const { subject } = definition;
  const shown = withBestSingles(rows);
  const base = shown.filter((row) => row.condition === baseCondition);
  const missing = cells - rows.length;
  const lines = [
    `# ${name}`,
    '',
    definition.question,
    '',
    missing === 0
      ? `All ${cells} cells are finished.`
      : `**Not finished: ${missing} of ${cells} cells are missing. What follows is of the others alone.**`,
    settingsText(definition),
    'Cost: replica-hours, late requests priced in, by the cost of who knows all arrivals; geometric means over all runs. ' +
      'Middle half: the interquartile mean, its interval by bootstrap within each load, or over the loads where each has one run. ' +
      `A paired figure below 1 is in favour of ${subject}; its interval is over loads. ` +
      'Of a sweep the one setting stands there that is best over all loads, in hindsight.',
    '',
    ...pictures.flatMap(({ file, title }) => [`![${title}](${file})`, '']),
    ...[...grouped(base, (row) => row.draw)].flatMap(([draw, own]) => [
      `## Loads ${drawn(draw)}`,
      '',
      ...standingSection(own, subject),
      ...loadSection(own),
    ]),
    `## Where ${subject} loses`,
    '',
    ...lossSection(shown, definition),
    ...(shown.length > base.length
      ? ['## Under other conditions', '', ...conditionSection(shown, definition)]
      : []),
    ...(definition.judge.bucketSeconds === undefined ? [] : curveSection(base, definition)),
    ...(rows.some((row) => row.swept)
      ? [
          '## At equal late share',
          '',
          ...equalSloSection(
            rows.filter((row) => row.condition === baseCondition),
            subject,
          ),
        ]
      : []),
  ];
  return `${lines.join('\n').trimEnd()}\n`;
};
