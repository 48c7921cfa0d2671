import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { figureHeads, figureLine } from '#test/bench/figure-table';
import { startControlPlane } from '../control-plane.ts';
import { autoscaler } from '../objects.ts';
import { startOperator } from '../operator.ts';
import { startLabPrometheus } from '../prometheus.ts';
import { fromPrometheus, installScalingPolicies, scalingPolicies, scalingPolicy } from '../scaling-policy.ts';
import { until } from '../until.ts';
import { phaseFigures } from './cluster-figures.ts';
import {
  autoscalers,
  createEach,
  createFleet,
  fleetNames,
  removeAll,
  untilAutoscalersWork,
} from './fleet.ts';
import { type Measured, measureParts } from './measure-parts.ts';
import { serveWaves } from './waves-page.ts';

const usage = `usage: node test/cluster/bench/bench-cluster.ts [--count 1000] [--seconds 60] [--without-nimbusguard]`;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    'without-nimbusguard': { type: 'boolean', default: false },
  },
});
const [count, seconds] = [Number(values.count), Number(values.seconds)];
if (!(count >= 1 && seconds >= 1)) {
  process.stderr.write(`${usage}\n`);
  process.exit(2);
}

const settleSeconds = 30;
const law = { capacityPerReplica: 50, sloSeconds: 0.25 };
const bounds = { minReplicas: 1, maxReplicas: 5 };
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

/** The sum of a counter over all its series. */
const counterIn = (page: string, name: string): number =>
  page
    .matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)`, 'gm'))
    .reduce((sum, [, found]) => sum + Number(found), 0);

const syncs = async (): Promise<number> =>
  counterIn(
    await plane.metrics('kube-controller-manager'),
    'horizontal_pod_autoscaler_controller_reconciliations_total',
  );

const decisions = async (url: string): Promise<number> =>
  counterIn(await (await fetch(`${url}/metrics`)).text(), 'nimbusguard_decisions_total');

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

const withNimbusGuard = async () => {
  const waves = await serveWaves({ names, seed: 1, meanReplicas: 0.4, swingRatio: 0.5, ...law });
  const prometheus = await startLabPrometheus({ scrapeSeconds: 5, pages: { waves: waves.port } });
  const folder = await mkdtemp(join(tmpdir(), 'nimbusguard-bench-'));
  try {
    await installScalingPolicies(api);
    await createEach(
      api,
      scalingPolicies,
      names.map((target) =>
        scalingPolicy({
          target,
          mode: 'Auto',
          intervalSeconds: 15,
          startUpSeconds: 2,
          metrics: [
            fromPrometheus('requests', 'http_requests_total', { counter: true }),
            fromPrometheus('cpu', 'cpu'),
            fromPrometheus('late', 'late'),
          ],
          ...law,
          ...bounds,
        }),
      ),
    );
    await until('a scrape of the waves', 60, async () =>
      (await prometheus.query('count(http_requests_total)'))[0]?.value === count ? true : undefined,
    );
    const startedAt = performance.now();
    const operator = await startOperator({
      access: { kubeconfig: plane.kubeconfig },
      prometheusUrl: prometheus.url,
      folder,
    });
    try {
      const decided = (): Promise<number> => decisions(operator.url);
      await until('a decision', 120, async () => ((await decided()) > 0 ? true : undefined));
      const firstDecisionSeconds = (performance.now() - startedAt) / 1000;
      const beside = { nimbusguard: operator.pid, prometheus: prometheus.pid };
      const costs = await counting(decided, () => measured(`${count} ScalingPolicies`, beside));
      return { ...costs, firstDecisionSeconds };
    } finally {
      await operator.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
    await prometheus.stop();
    await waves.stop();
  }
};

try {
  const startedAt = performance.now();
  await createFleet(api, names);
  say(`${count} Deployments are ready after ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
  const idle = await measured('no autoscaler');
  const hpas = await withAutoscalers();
  const ours = values['without-nimbusguard'] ? undefined : await withNimbusGuard();
  process.stdout.write(figureHeads());
  for (const figure of phaseFigures({ count, idle, hpas, ours })) process.stdout.write(figureLine(figure));
} finally {
  await plane.stop();
}
