import { parseArgs } from 'node:util';
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

export const usage = `usage: node test/cluster/demo/cluster-demo.ts [options]
  --load NAME            one of experiments/loads, or a file seconds,rps   [noisy-diurnal]
  --from SECOND          where in it the comparison begins                 [86400]
  --minutes MINUTES      how long it takes                                 [10]
  --max-replicas N       of each Deployment                                [30]
  --start-up SECONDS     of a pod                                          [20]
  --scrape SECONDS       how often Prometheus asks each pod                [5]
  --source SOURCE        where NimbusGuard counts requests: prometheus, or pods, which it asks each 2 s   [prometheus]
  --without-nimbusguard  the real HPA alone, and how near the simulated one comes
  --commit NAME          write the results into experiments/cluster/results/NAME`;

const warmUpSeconds = 120;

export const demoOptions = (args: readonly string[]): DemoOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      load: { type: 'string', default: 'noisy-diurnal' },
      from: { type: 'string', default: '86400' },
      minutes: { type: 'string', default: '10' },
      'max-replicas': { type: 'string', default: '30' },
      'start-up': { type: 'string', default: '20' },
      scrape: { type: 'string', default: '5' },
      source: { type: 'string', default: sources[0] },
      'without-nimbusguard': { type: 'boolean', default: false },
      commit: { type: 'string' },
    },
  });
  const number = (
    name: 'from' | 'minutes' | 'max-replicas' | 'start-up' | 'scrape',
    least: number,
  ): number => {
    const found = Number(values[name]);
    if (!(found >= least)) throw new Error(`--${name} is "${values[name]}": give a number from ${least} on`);
    return found;
  };
  const source = sources.find((one) => one === values.source);
  if (source === undefined)
    throw new Error(`--source is "${values.source}": give one of ${sources.join(', ')}`);
  return {
    window: {
      load: values.load,
      draw: 'lines',
      seed: 1,
      scaleP95Ratio: 0.6,
      capacityPerReplica: 50,
      maxReplicas: number('max-replicas', 2),
      fromSecond: number('from', warmUpSeconds),
      seconds: Math.round(60 * number('minutes', 1)),
    },
    warmUpSeconds,
    startUpSeconds: number('start-up', 1),
    scrapeSeconds: number('scrape', 1),
    source,
    withNimbusGuard: !values['without-nimbusguard'],
    commit: values.commit,
  };
};
