import { setTimeout as sleep } from 'node:timers/promises';
import { numberIn } from '#cli/simulate/judge-options';
import { commandLine, program } from '#test/bench/command-line';
import { figureHeads, figureLine } from '#test/bench/figure-table';
import { startControlPlane } from '../control-plane.ts';
import { autoscaler } from '../objects.ts';
import type { Operator } from '../operator.ts';
import { until } from '../until.ts';
import { phaseFigures, type Scrape, type Turns } from './cluster-figures.ts';
import {
  autoscalers,
  createEach,
  createFleet,
  fleetNames,
  removeAll,
  untilAutoscalersWork,
} from './fleet.ts';
import { type Measured, measureParts } from './measure-parts.ts';
import { bounds, counterIn, decisionsOf, startTendedFleet } from './tended-fleet.ts';
import { writeLatency } from './write-latency.ts';

type Options = {
  readonly count: number;
  readonly seconds: number;
  readonly withoutLearning?: true;
  readonly withoutNimbusguard?: true;
};
const { count, seconds, withoutLearning, withoutNimbusguard } = commandLine<Options>(
  program('bench-cluster')
    .description(
      'what as many real HPAs cost a control plane, and what one controller does with as many policies',
    )
    .option(
      '--count <targets>',
      'Deployments, each with an HPA, then with a ScalingPolicy',
      numberIn({ least: 1, most: 10_000, whole: true }),
      1000,
    )
    .option('--seconds <seconds>', 'how long each is measured', numberIn({ least: 1, most: 3600 }), 60)
    .option('--without-learning', 'policies do not learn')
    .option('--without-nimbusguard', 'the HPAs alone'),
);

const settleSeconds = 30;
/** Of the operator. */
const statusesPerSecond = 10;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Without these the HPAs of a thousand would wait for each other, and each have its turn every 50 s. */
const hasty = ['--kube-api-qps=300', '--kube-api-burst=600'];
const plane = await startControlPlane({
  flags: {
    'kube-controller-manager': [
      ...hasty,
      '--concurrent-horizontal-pod-autoscaler-syncs=20',
      '--concurrent-deployment-syncs=20',
      '--concurrent-replicaset-syncs=20',
    ],
    'kube-scheduler': hasty,
  },
});
const { api } = plane;
const names = fleetNames(count);

/** Whatever a phase began is over, then it is measured. */
const measured = async (what: string, beside: Readonly<Record<string, number>> = {}): Promise<Measured> => {
  say(`${what}: ${settleSeconds} s to settle, ${seconds} s to measure …`);
  await sleep(settleSeconds * 1000);
  return measureParts(plane, beside, seconds);
};

const syncs = async (): Promise<number> =>
  counterIn(
    await plane.metrics('kube-controller-manager'),
    'horizontal_pod_autoscaler_controller_reconciliations_total',
  );

/** How often a second something is counted while the work is done. */
const counting = async <T>(count: () => Promise<number>, work: () => Promise<T>) => {
  const [before, startedAt] = [await count(), performance.now()];
  const done = await work();
  const turnsPerSecond = ((await count()) - before) / ((performance.now() - startedAt) / 1000);
  return { ...done, turnsPerSecond };
};

const withAutoscalers = async () => {
  await createEach(
    api,
    autoscalers,
    names.map((target) => autoscaler({ target, percent: 50, ...bounds })),
  );
  await untilAutoscalersWork(api, count);
  const costs = await counting(syncs, () => measured(`${count} HPAs`));
  await removeAll(api, autoscalers);
  return costs;
};

/** What who scrapes its metrics waits for, and gets. */
const scraped = async ({ url }: Operator): Promise<Scrape> => {
  const startedAt = performance.now();
  const page = await (await fetch(`${url}/metrics`)).text();
  return { seconds: (performance.now() - startedAt) / 1000, bytes: Buffer.byteLength(page) };
};

const withNimbusGuard = async () => {
  const learning = withoutLearning !== true;
  const fleet = await startTendedFleet(plane, { names, learning, meanReplicas: 0.4 });
  try {
    const [startedAt, startedAtSeconds] = [performance.now(), Date.now() / 1000];
    const operator = await fleet.operator();
    let costs: Turns;
    let firstDecisionSeconds: number;
    let scrape: Scrape;
    try {
      const decided = (): Promise<number> => decisionsOf(operator);
      await until('a decision', 120, async () => ((await decided()) > 0 ? true : undefined));
      firstDecisionSeconds = (performance.now() - startedAt) / 1000;
      await until('the first decision of each', 300, async () =>
        (await decided()) >= count ? true : undefined,
      );
      // Each has a first status to write, at the pace that the operator allows itself.
      await sleep((1000 * count) / statusesPerSecond);
      const beside = { nimbusguard: operator.pid, prometheus: fleet.prometheus.pid };
      costs = await counting(decided, () => measured(`${count} ScalingPolicies`, beside));
      scrape = await scraped(operator);
    } finally {
      await operator.stop();
    }
    const writes = await writeLatency(operator.store, startedAtSeconds);
    return { ...costs, firstDecisionSeconds, writes, scrape };
  } finally {
    await fleet.stop();
  }
};

try {
  const startedAt = performance.now();
  await createFleet(api, names);
  say(`${count} Deployments are ready after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  const idle = await measured('no autoscaler');
  const hpas = await withAutoscalers();
  const ours = withoutNimbusguard ? undefined : await withNimbusGuard();
  process.stdout.write(figureHeads());
  for (const figure of phaseFigures({ count, idle, hpas, ours })) process.stdout.write(figureLine(figure));
} finally {
  await plane.stop();
}
