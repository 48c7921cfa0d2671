import { table } from '#cli/table';
import type { Spec } from '#core/model';
import { markdownTable } from '#experiments/report/markdown';
import type { Calibration } from './calibration.ts';
import { type Contestant, contestants } from './contest.ts';
import type { Line } from './contest-chart.ts';
import type { DemoOptions } from './demo-options.ts';
import type { FleetScore } from './fleet-score.ts';
import type { HpaKnobs } from './simulated-hpa.ts';

export type Fleet = {
  readonly name: Contestant;
  readonly score: FleetScore;
  /** At the end of each second, the warm-up included. */
  readonly desired: readonly number[];
  readonly ready: readonly number[];
  /** Share of each second's requests. */
  readonly late: readonly number[];
};

export type ContestResult = {
  readonly options: DemoOptions;
  readonly spec: Spec;
  readonly knobs: HpaKnobs;
  /** Requests in each second, the warm-up included. */
  readonly arrivals: Float64Array;
  readonly fleets: readonly Fleet[];
  readonly calibration: Calibration;
};

const heads = ['WHO', 'REPLICA-HOURS', 'LATE %', 'COST', 'SCALINGS', 'REVERSALS'];
const simulated = 'simulated HPA on CPU';
const colors: Readonly<Record<Contestant | 'simulated', string>> = {
  'web-nimbus': '#6bbf59',
  'web-nimbus-past': '#0b5d2b',
  'web-hpa': '#d9541e',
  'web-hpa-cpu': '#7a5195',
  simulated: '#b9a3cc',
};

const percent = (ratio: number, digits = 1): string => `${(100 * ratio).toFixed(digits)} %`;
const between = ([least, most]: readonly [number, number], digits: number): string =>
  `${least.toFixed(digits)} to ${most.toFixed(digits)}`;

const calibrationLines = ({ calibration: c, fleets }: ContestResult): readonly string[] => {
  const real = fleets.find(({ name }) => name === 'web-hpa-cpu')!.score;
  return [
    `The simulator’s HPA on the same seconds, begun at ${c.phases} moments of its period, beside the real HPA on CPU:`,
    `  replica-hours ${c.replicaHoursRatio.toFixed(3)} of the real one's (${between(c.replicaHoursRange, 3)}),`,
    `  scalings ${c.scalings.toFixed(1)} (${between(c.scalingsRange, 0)}), the real one ${real.scalings},`,
    `  late ${percent(c.lateShare, 2)}, the real one ${percent(real.lateShare, 2)},`,
    `  sizes ${percent(c.sizeDifferenceRatio)} apart at the mean, ${percent(c.nearestSizeDifferenceRatio)} where it begins as the real one did.`,
  ];
};

const rowsOf = ({ fleets }: ContestResult): readonly (readonly string[])[] =>
  fleets.map(({ name, score }) => [
    contestants[name],
    score.replicaHours.toFixed(3),
    (100 * score.lateShare).toFixed(2),
    score.cost.toFixed(3),
    `${score.scalings}`,
    `${score.reversals}`,
  ]);

const knobsLine = ({ percent, stabilizationSeconds }: HpaKnobs): string =>
  `The HPAs were tuned on what came before: CPU at ${percent} %, stabilization ${stabilizationSeconds} s.`;

/** The closing table, and how near the simulator comes. */
export const contestText = (result: ContestResult): readonly string[] => [
  ...table(heads, rowsOf(result), heads.slice(1)),
  'Cost: replica-hours, late requests priced in.',
  knobsLine(result.knobs),
  '',
  ...calibrationLines(result),
];

/** The same as a page. */
export const contestMarkdown = (result: ContestResult): string => {
  const { load, fromSecond, seconds } = result.options.window;
  return `${[
    `# ${load} from second ${fromSecond} on, ${seconds / 60} minutes`,
    '',
    ...markdownTable(
      heads.map((head) => head.toLowerCase()),
      rowsOf(result),
    ),
    `Cost: replica-hours, late requests priced in. ${knobsLine(result.knobs)}`,
    '',
    '![Demand, and what was ordered](contest.svg)',
    '',
    ...calibrationLines(result).map((line) => line.trim()),
  ].join('\n')}\n`;
};

/** Lines of the picture: all fleets, and the simulated HPA dashed. */
export const contestLines = ({ fleets, calibration }: ContestResult): readonly Line[] => [
  ...fleets.map(({ name, desired, late }) => ({
    name: contestants[name],
    color: colors[name],
    desired,
    late,
  })),
  { name: simulated, color: colors.simulated, dashed: true, desired: calibration.nearest },
];
