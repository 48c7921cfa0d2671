import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/stores/registry';
import type { AuditEntry } from '#core/audit';
import type { DecisionRecord } from '#ports';
import { type ControlPlane, type Options, startControlPlane } from '#test/cluster/control-plane';
import { deployment } from '#test/cluster/objects';
import { type Operator, type OperatorGiven, startOperator } from '#test/cluster/operator';
import { deployments } from '#test/cluster/scaled';
import { installScalingPolicies, scalingPolicies } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { type Exporter, startExporter } from '#test/components/exporter';
import { type Prometheus, startPrometheus } from '#test/components/start';
import { startDemandPage } from '#test/matrix/demand-page';
import { installServiceAccount, serviceAccountAccess } from '#test/matrix/service-account-access';
import { type SizeWatch, watchSizes } from '#test/matrix/watch-sizes';

export type Condition = {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
};
export type Seen = {
  readonly metadata: { readonly uid: string; readonly generation: number };
  readonly status?: {
    readonly conditions?: readonly Condition[];
    readonly mode?: string;
    readonly desiredReplicas?: number;
    readonly proposal?: { readonly id: string; readonly from: number; readonly to: number };
    readonly holder?: { readonly writer: string; readonly reason: string };
    readonly lastDecision?: { readonly id: string; readonly to: number; readonly outcome: string };
  };
};
export const capacityPerReplica = 50;
/** An operator that is well needs a few intervals; a busy machine is no fault of its. */
const patienceSeconds = 180;

const policyOf = (target: string, more: object): object => ({
  apiVersion: 'nimbusguard.io/v1alpha1',
  kind: 'ScalingPolicy',
  metadata: { name: target },
  spec: {
    targetRef: { kind: 'Deployment', name: target },
    mode: 'Auto',
    minReplicas: 1,
    maxReplicas: 20,
    intervalSeconds: 5,
    workload: { requestsPerSecondPerReplica: capacityPerReplica, startUpSeconds: 2 },
    ...byDemand,
    metrics: [requests()],
    ...more,
  },
});

/** A policy that wants one size, whatever the demand; the limits stand above it. */
export const toward = (replicas: number): object => ({
  learning: { policy: 'static', settings: { replicas } },
});

/** The product's own policy, which takes what it was told for true. */
export const byDemand: object = {
  learning: { enabled: false, settings: { capacity: 'given', startUp: 'given', lateness: 'given' } },
};

/** Requests per second by workload, as the page of the lab tells them. */
export const requests = (server = 'default'): object => ({
  name: 'requests',
  type: 'Prometheus',
  prometheus: {
    server,
    query: 'requests_per_second',
    labels: { namespace: 'namespace', name: 'deployment' },
  },
});

/** A control plane, a page of metrics that Prometheus scrapes each second, and what a test asks them. */
export const openOperatorLab = async (given: Pick<Options, 'flags'> = {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'nimbusguard-operator-'));
  const closers: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const one of closers.toReversed()) await one();
  };
  try {
    const exporter: Exporter = await startExporter();
    closers.push(exporter.stop);
    const counted = await startDemandPage();
    closers.push(counted.stop);
    const scraping = {
      scrape: [
        { job: 'page', port: exporter.port },
        { job: 'counted', port: counted.port },
      ],
    };
    const [plane, prometheus]: [ControlPlane, Prometheus] = await Promise.all([
      startControlPlane({ metricsEverySeconds: 10, ...given }).then((started) => {
        closers.push(started.stop);
        return started;
      }),
      startPrometheus(scraping).then((started) => {
        closers.push(started.stop);
        return started;
      }),
    ]);
    const { api } = plane;
    await installScalingPolicies(api);
    await installServiceAccount(plane);
    const sizes: SizeWatch = await watchSizes(api, 'default');
    closers.push(sizes.stop);

    const seen = (name: string): Promise<Seen> => api.get<Seen>(`${scalingPolicies}/${name}`);
    const condition = async (name: string, type: string): Promise<Condition | undefined> =>
      (await seen(name)).status?.conditions?.find((one) => one.type === type);
    const size = async (name: string): Promise<number> =>
      (await api.get<{ spec: { replicas: number } }>(`${deployments}/${name}`)).spec.replicas;
    const demand = (name: string, perSecond: number): void =>
      exporter.set('requests_per_second', { namespace: 'default', deployment: name }, perSecond);

    return {
      plane,
      api,
      exporter,
      /** The counter `http_requests_total` of workloads. */
      counted,
      prometheus,
      folder,
      scraping,
      onClose: (closer: () => Promise<unknown>): void => void closers.push(closer),
      start: async (given: Partial<OperatorGiven> & { readonly name?: string } = {}): Promise<Operator> => {
        const { name = 'operator', ...more } = given;
        const home = join(folder, name);
        await mkdir(home, { recursive: true });
        const operator = await startOperator({
          access: await serviceAccountAccess(plane),
          prometheusUrl: prometheus.url,
          scrapeSeconds: 1,
          leases: { namespace: 'nimbusguard' },
          folder: home,
          ...more,
        });
        closers.push(operator.stop);
        return operator;
      },
      demand,
      /** Each change of a size, by whomever. */
      sizes,
      close,
      /** A Deployment of this size under so many requests per second; `cpu` is what each pod uses. */
      workload: async (name: string, replicas: number, perSecond: number, cpu?: string): Promise<void> => {
        demand(name, perSecond);
        const usage = cpu === undefined ? {} : { usage: { cpu } };
        await api.create(deployments, deployment({ name, replicas, startUpSeconds: 1, ...usage }));
      },
      /** Fields of its spec beside those that all have here. */
      policy: (target: string, more: object = {}): Promise<unknown> =>
        api.create(scalingPolicies, policyOf(target, more)),
      policyOf,
      seen,
      condition,
      size,
      conditionIs: (name: string, type: string, status: string, reason: string): Promise<Condition> =>
        until(`${type}=${status} (${reason}) of ${name}`, patienceSeconds, async () => {
          const found = await condition(name, type);
          if (found?.status === status && found.reason === reason) return found;
          throw new Error(`it is ${found?.status} (${found?.reason}): ${found?.message}`);
        }),
      sizeIs: (name: string, replicas: number): Promise<number> =>
        until(`${replicas} replicas of ${name}`, patienceSeconds, async () => {
          const found = await size(name);
          if (found === replicas) return found;
          throw new Error(`it has ${found}`);
        }),
    };
  } catch (error) {
    await close();
    throw error;
  }
};

/** All that is kept in a store, the oldest first; while an operator runs, too. */
export const keptIn = async (file: string): Promise<readonly DecisionRecord[]> => {
  const store = await openStore(file);
  try {
    const found: DecisionRecord[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.decisions({ cursor, limit: 500 });
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    return found.reverse();
  } finally {
    await store.close();
  }
};

export const keptOf = async (file: string, name: string): Promise<readonly DecisionRecord[]> =>
  (await keptIn(file)).filter(({ target }) => target.name === name);

/** What people did to the target of this name, the oldest first. */
export const peopleOf = async (file: string, name: string): Promise<readonly AuditEntry[]> => {
  const store = await openStore(`sqlite:${file}`);
  try {
    const target = { namespace: 'default', kind: 'Deployment', name };
    return (await store.audits({ target, limit: 200 })).items.toReversed();
  } finally {
    await store.close();
  }
};

export type OperatorLab = Awaited<ReturnType<typeof openOperatorLab>>;
