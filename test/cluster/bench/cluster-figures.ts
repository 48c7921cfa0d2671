import type { Figure } from '#test/bench/figure';
import type { PartName } from '../parts.ts';
import type { Measured } from './measure-parts.ts';

export type Phases = {
  readonly count: number;
  /** The same Deployments, and nobody who scales them. */
  readonly idle: Measured;
  readonly hpas: Turns;
  readonly ours?:
    | (Turns & {
        readonly firstDecisionSeconds: number;
        readonly writes: { readonly writes: number; readonly p99: number; readonly note: string };
        readonly scrape: Scrape;
      })
    | undefined;
};

/** Of the metrics of NimbusGuard itself. */
export type Scrape = { readonly seconds: number; readonly bytes: number };

/** Syncs of HPAs, or decisions. */
export type Turns = Measured & { readonly turnsPerSecond: number };

const shown: readonly PartName[] = ['kube-apiserver', 'kube-controller-manager', 'metrics-server', 'etcd'];
const percent = (ratio: number): number => 100 * ratio;

/** CPU of each part, in % of a core, and beside it what is left when the idle cluster's is taken away. */
const coreFigures = (who: string, now: Measured, idle: Measured | undefined): readonly Figure[] =>
  shown.map((part) => {
    const { coreRatio, residentMegabytes } = now.costs[part]!;
    const more = percent(coreRatio - (idle?.costs[part]?.coreRatio ?? 0)).toFixed(1);
    const memory = `${residentMegabytes.toFixed(0)} MB`;
    return {
      what: `${who}: ${part}`,
      value: percent(coreRatio),
      unit: '% of core',
      note: idle === undefined ? memory : `${memory}, ${more} more than idle`,
    };
  });

const requestsShown = 8;

/** All, and beneath them those that are most. */
const requestFigures = (who: string, { requestsPerMinute }: Measured): readonly Figure[] => [
  {
    what: `${who}: answers of the API server`,
    value: requestsPerMinute.reduce((sum, [, perMinute]) => sum + perMinute, 0),
    unit: '/min',
  },
  ...requestsPerMinute
    .slice(0, requestsShown)
    .map(([what, perMinute]) => ({ what: `    ${what}`, value: perMinute, unit: '/min' })),
];

const turnFigure = (who: string, count: number, { turnsPerSecond }: Turns): Figure => ({
  what: `${who}: each has its turn every`,
  value: count / turnsPerSecond,
  unit: 's',
});

/** How much more of the API server's CPU ours takes, by what the HPAs take. */
const shareOfHpas = ({ idle, hpas, ours }: Phases): number => {
  const cpu = ({ costs }: Measured): number => costs['kube-apiserver']!.coreRatio;
  return (cpu(ours!) - cpu(idle)) / (cpu(hpas) - cpu(idle));
};

/** Where all sizes rest there are none. */
const writeFigures = (
  who: string,
  { writes, p99, note }: NonNullable<Phases['ours']>['writes'],
): readonly Figure[] =>
  writes === 0
    ? []
    : [
        {
          what: `${who}: from read to written /scale, p99`,
          value: p99,
          unit: 's',
          goal: '< 1',
          note,
        },
      ];

export const phaseFigures = (phases: Phases): readonly Figure[] => {
  const { count, idle, hpas, ours } = phases;
  const figures: Figure[] = [
    ...coreFigures('idle', idle, undefined),
    ...requestFigures('idle', idle),
    ...coreFigures(`${count} HPAs`, hpas, idle),
    ...requestFigures(`${count} HPAs`, hpas),
    turnFigure(`${count} HPAs`, count, hpas),
  ];
  if (ours === undefined) return figures;
  const who = `${count} ScalingPolicies`;
  const { nimbusguard, prometheus } = ours.costs;
  return [
    ...figures,
    ...coreFigures(who, ours, idle),
    ...requestFigures(who, ours),
    turnFigure(who, count, ours),
    { what: `${who}: start to first decision`, value: ours.firstDecisionSeconds, unit: 's', goal: '< 5' },
    ...writeFigures(who, ours.writes),
    { what: `${who}: nimbusguard`, value: percent(nimbusguard!.coreRatio), unit: '% of core', goal: '< 20' },
    { what: `${who}: its memory`, value: nimbusguard!.residentMegabytes, unit: 'MB', goal: '< 350' },
    {
      what: `${who}: one scrape of its metrics`,
      value: 1000 * ours.scrape.seconds,
      unit: 'ms',
      note: `${(ours.scrape.bytes / 1e6).toFixed(1)} MB`,
    },
    { what: `${who}: Prometheus`, value: percent(prometheus!.coreRatio), unit: '% of core' },
    {
      what: `${who}: API server beyond idle, by the HPAs'`,
      value: percent(shareOfHpas(phases)),
      unit: '%',
      goal: '< 50',
    },
  ];
};
