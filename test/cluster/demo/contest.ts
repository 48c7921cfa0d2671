import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openStore } from '#adapters/stores/registry';
import type { Spec } from '#core/model';
import { target } from '#test/make';
import { type ControlPlane, startControlPlane } from '../control-plane.ts';
import { requestsFrom, serveExternalMetrics } from '../external-metrics.ts';
import { type LoadDriver, startLoadDriver } from '../load-driver.ts';
import { autoscaler, deployment } from '../objects.ts';
import { startOperator } from '../operator.ts';
import { type LabPrometheus, startLabPrometheus } from '../prometheus.ts';
import {
  cpuFromMetricsServer,
  fromPods,
  fromPrometheus,
  installScalingPolicies,
  scalingPolicies,
  scalingPolicy,
} from '../scaling-policy.ts';
import { until } from '../until.ts';
import type { DemandSource } from './demo-options.ts';
import type { LivedDay } from './lived-day.ts';
import type { HpaKnobs } from './simulated-hpa.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const autoscalers = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
/** Requests per second are means over so many seconds, as in the simulator. */
const rateSeconds = 15;

/** The Deployments, and who scales each. */
export const contestants = {
  'web-nimbus': 'NimbusGuard, new',
  'web-nimbus-past': 'NimbusGuard, with a day of past',
  'web-hpa': 'HPA on CPU and requests',
  'web-hpa-cpu': 'HPA on CPU',
} as const;
export type Contestant = keyof typeof contestants;

export type Contest = {
  readonly names: readonly Contestant[];
  /** The warm-up and the scored part. */
  readonly arrivals: Float64Array;
  /** Of one of the contestants. */
  readonly past: LivedDay;
  readonly spec: Spec;
  readonly knobs: HpaKnobs;
  readonly initialReplicas: number;
  readonly scrapeSeconds: number;
  readonly source: DemandSource;
  /** Where NimbusGuard keeps what it decided. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onSecond: (second: number, driver: LoadDriver) => void;
};

export const isOurs = (name: Contestant): boolean => name.startsWith('web-nimbus');

type Ending = () => Promise<unknown>;

const createAutoscalers = async ({ api }: ControlPlane, { names, spec, knobs }: Contest): Promise<void> => {
  const { minReplicas, maxReplicas, capacityPerReplica } = spec;
  for (const target of names.filter((name) => !isOurs(name))) {
    // Both metrics hold the same load: so much of a replica's CPU is so many requests.
    const requestsPerReplica = (knobs.percent / 100) * capacityPerReplica;
    const more = target === 'web-hpa' ? { requestsPerReplica } : {};
    await api.create(autoscalers, autoscaler({ target, minReplicas, maxReplicas, ...knobs, ...more }));
  }
};

const lateQuery = (sloSeconds: number): string => {
  const sum = (series: string): string =>
    `sum by (namespace, deployment) (rate(http_request_duration_seconds_${series}[${rateSeconds}s]))`;
  return `1 - ${sum(`bucket{le="${sloSeconds}"}`)} / ${sum('count')}`;
};

/** Each pod's own counter: their sum would fall with every pod that goes. */
const requests: Readonly<Record<DemandSource, object>> = {
  prometheus: fromPrometheus('requests', 'http_requests_total', { counter: true }),
  pods: fromPods('requests', 'http_requests_total'),
};

const enterNimbusGuard = async (
  { api, kubeconfig }: ControlPlane,
  prometheus: LabPrometheus,
  given: Contest,
  endings: Ending[],
): Promise<void> => {
  const { spec, source, folder, scrapeSeconds } = given;
  await installScalingPolicies(api);
  for (const target of given.names.filter(isOurs))
    await api.create(
      scalingPolicies,
      scalingPolicy({
        ...spec,
        target,
        mode: 'Auto',
        metrics: [requests[source], fromPrometheus('late', lateQuery(spec.sloSeconds)), cpuFromMetricsServer],
      }),
    );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const store = await openStore(join(folder, 'nimbusguard.db'));
  await given.past.keep(
    store,
    'lab',
    target('web-nimbus-past' satisfies Contestant),
    Math.floor(Date.now() / 1000),
  );
  await store.close();
  const operator = await startOperator({
    access: { kubeconfig },
    prometheusUrl: prometheus.url,
    scrapeSeconds,
    folder,
  });
  endings.push(operator.stop);
};

/** Plays the load on all Deployments at once, each with its own autoscaler; the driver at the end of it. */
export const contest = async (given: Contest): Promise<LoadDriver> => {
  const { names, arrivals, spec, signal } = given;
  const endings: Ending[] = [];
  try {
    const plane = await startControlPlane();
    endings.push(plane.stop);
    for (const name of names)
      await plane.api.create(
        deployments,
        deployment({ name, replicas: given.initialReplicas, startUpSeconds: spec.startUpSeconds }),
      );
    const prometheus = await startLabPrometheus({
      scrapeSeconds: given.scrapeSeconds,
      pods: { kubeconfig: plane.kubeconfig },
    });
    endings.push(prometheus.stop);
    const external = await serveExternalMetrics(plane, requestsFrom(prometheus, rateSeconds));
    endings.push(external.stop);
    await until('ready pods', 60 + spec.startUpSeconds, async () => {
      if (signal.aborted) return true;
      const { items } = await plane.api.get<{ items: { status?: { readyReplicas?: number } }[] }>(
        deployments,
      );
      return items.every(({ status }) => status?.readyReplicas === given.initialReplicas) ? true : undefined;
    });
    signal.throwIfAborted();
    await createAutoscalers(plane, given);
    if (names.some(isOurs)) await enterNimbusGuard(plane, prometheus, given, endings);
    const { capacityPerReplica, sloSeconds } = spec;
    const driver: LoadDriver = await startLoadDriver(
      plane.api,
      names.map((name) => ({ name, arrivals, capacityPerReplica, sloSeconds })),
      { seed: 1, onSecond: (second) => given.onSecond(second, driver) },
    );
    endings.push(driver.stop);
    signal.addEventListener('abort', () => void driver.stop(), { once: true });
    await driver.played;
    signal.throwIfAborted();
    return driver;
  } finally {
    for (const end of endings.toReversed()) await end();
  }
};
