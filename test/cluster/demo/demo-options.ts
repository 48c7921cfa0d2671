import { parseArgs } from 'node:util';
import type { LoadWindow } from '../load/load-window.ts';

export type DemoOptions = {
  /** The scored part. */
  readonly window: LoadWindow;
  /** Played before the scored part, so that metrics are there and nobody starts from a guess. */
  readonly warmUpSeconds: number;
  readonly startUpSeconds: number;
  readonly scrapeSeconds: number;
  readonly withNimbusGuard: boolean;
  /** Write into experiments/cluster/results. */
  readonly commit: boolean;
};

export const usage = `usage: node test/cluster/demo/cluster-demo.ts [options]
  --load NAME            one of experiments/loads, or a file seconds,rps   [noisy-diurnal]
  --from SECOND          where in it the comparison begins                 [87000]
  --minutes MINUTES      how long it takes                                 [10]
  --max-replicas N       of each Deployment                                [30]
  --start-up SECONDS     of a pod                                          [20]
  --scrape SECONDS       how often Prometheus asks each pod                [2]
  --without-nimbusguard  the real HPA alone, and how near the simulated one comes
  --commit               write the results into experiments/cluster/results`;

const warmUpSeconds = 120;

export const demoOptions = (args: readonly string[]): DemoOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      load: { type: 'string', default: 'noisy-diurnal' },
      from: { type: 'string', default: '87000' },
      minutes: { type: 'string', default: '10' },
      'max-replicas': { type: 'string', default: '30' },
      'start-up': { type: 'string', default: '20' },
      scrape: { type: 'string', default: '2' },
      'without-nimbusguard': { type: 'boolean', default: false },
      commit: { type: 'boolean', default: false },
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
    withNimbusGuard: !values['without-nimbusguard'],
    commit: values.commit,
  };
};
