import { geometricMean } from '#core/statistics';
import { baseCondition } from '../cells.ts';
import type { Definition } from '../definition.ts';
import { judgeDefaults } from '../judge.ts';
import { withBestSingles } from './best-single.ts';
import { curveSection } from './curve-section.ts';
import { equalSloSection } from './equal-slo-section.ts';
import { lossSection } from './loss-section.ts';
import { figure, markdownTable, percent } from './markdown.ts';
import { rankingSection } from './ranking-section.ts';
import { grouped, type Row } from './rows.ts';
import { duel, standings } from './standing.ts';

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
      ...rankingSection(own, subject),
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
