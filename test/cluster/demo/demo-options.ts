import { type Command, Option } from 'commander';
import { numberIn } from '#cli/simulate/judge-options';
import { program } from '#test/bench/command-line';
import type { LoadWindow } from '../load/load-window.ts';

const sources = ['prometheus', 'pods'] as const;
export type DemandSource = (typeof sources)[number];

export type DemoOptions = {
  /** The scored part. */
  readonly window: LoadWindow;
  /** Played before the scored part, so that metrics are there and nobody starts from a guess. */
  readonly warmUpSeconds: number;
  readonly startUpSeconds: number;
  /** Prometheus asks each pod so often. */
  readonly scrapeSeconds: number;
  /** Where NimbusGuard counts requests: in Prometheus, or at the pods themselves each 2 s. */
  readonly source: DemandSource;
  readonly withNimbusGuard: boolean;
  /** Write into a folder of this name in experiments/cluster/results; absent: into out. */
  readonly commit: string | undefined;
};

const warmUpSeconds = 120;

const command = (): Command =>
  program('cluster-demo')
    .description('play a recorded load on twin Deployments, scaled by the real HPA and by NimbusGuard')
    .option('--load <name>', 'one of experiments/loads, or a file seconds,rps', 'noisy-diurnal')
    .option(
      '--from <second>',
      'where in it the comparison begins',
      numberIn({ least: warmUpSeconds, most: 1e7 }),
      86_400,
    )
    .option('--minutes <minutes>', 'how long it takes', numberIn({ least: 1, most: 1440 }), 10)
    .option(
      '--max-replicas <count>',
      'of each Deployment',
      numberIn({ least: 2, most: 200, whole: true }),
      30,
    )
    .option('--start-up <seconds>', 'of a pod', numberIn({ least: 1, most: 600 }), 20)
    .option('--scrape <seconds>', 'how often Prometheus asks each pod', numberIn({ least: 1, most: 60 }), 5)
    .addOption(
      new Option('--source <source>', 'where NimbusGuard counts requests: pods are asked each 2 s')
        .choices(sources)
        .default('prometheus'),
    )
    .option('--without-nimbusguard', 'the real HPA alone, and how near the simulated one comes')
    .option('--commit <name>', 'write the results into experiments/cluster/results/<name>');

/** Throws a CommanderError where they are wrong, or help was asked for. */
export const demoOptions = (args: readonly string[]): DemoOptions => {
  const options = command().parse(args, { from: 'user' }).opts<{
    readonly load: string;
    readonly from: number;
    readonly minutes: number;
    readonly maxReplicas: number;
    readonly startUp: number;
    readonly scrape: number;
    readonly source: DemandSource;
    readonly withoutNimbusguard?: true;
    readonly commit?: string;
  }>();
  return {
    window: {
      load: options.load,
      draw: 'lines',
      seed: 1,
      scaleP95Ratio: 0.6,
      capacityPerReplica: 50,
      maxReplicas: options.maxReplicas,
      fromSecond: options.from,
      seconds: Math.round(60 * options.minutes),
    },
    warmUpSeconds,
    startUpSeconds: options.startUp,
    scrapeSeconds: options.scrape,
    source: options.source,
    withNimbusGuard: options.withoutNimbusguard !== true,
    commit: options.commit,
  };
};
