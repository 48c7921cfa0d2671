import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '#adapters/stores/registry';
import type { DecisionRecord } from '#ports';
import { deployment } from '#test/cluster/objects';
import { type Operator, startOperator } from '#test/cluster/operator';
import { certificatesOf } from '#test/cluster/parts';
import { fromPrometheus, scalingPolicy } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { beginDemand, namespaceOf, targetNames } from './demands.ts';
import { type FaultProxy, faultProxy } from './fault-proxy.ts';
import { type Lab, scrapeSeconds } from './lab.ts';
import { serviceAccountAccess } from './service-account-access.ts';
import { watchSizes } from './watch-sizes.ts';

export type WorldGiven = {
  /** Of the namespace and of the Leases: small letters and dashes, each world another. */
  readonly name: string;
  /** Settings of the Leases beside their namespace and prefix. */
  readonly leases?: Readonly<Record<string, unknown>>;
};

export const intervalSeconds = 5;
/** Into which the policies of a world are shared out. */
export const buckets = 16;
export const capacityPerReplica = 50;

export type Replica = {
  readonly identity: string;
  /** Between this one and the API server. */
  readonly proxy: FaultProxy;
  /** The process that runs now. */
  operator(): Operator;
  /** Anew, under the same identity, after it was ended. */
  start(): Promise<Operator>;
};

/**
 * A namespace with two Deployments in one control plane, and operators that look after them alone, each behind a proxy of
 * its own, with one store. Worlds beside each other share nothing but the API server and Prometheus.
 */
export const openWorld = async (lab: Lab, given: WorldGiven) => {
  const { plane, demand } = lab;
  const { api } = plane;
  const namespace = namespaceOf(given.name);
  const folder = await mkdtemp(join(tmpdir(), `nimbusguard-${given.name}-`));
  const store = join(folder, 'nimbusguard.db');
  const certificates = certificatesOf(plane.folder);
  const tls = {
    certificate: join(certificates, 'server.crt'),
    key: join(certificates, 'server.key'),
    authority: join(certificates, 'ca.crt'),
  };
  const deployments = `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const policies = `/apis/nimbusguard.io/v1alpha1/namespaces/${namespace}/scalingpolicies`;

  await api.create('/api/v1/namespaces', { metadata: { name: namespace } });
  for (const name of targetNames) {
    await api.create(deployments, deployment({ name, replicas: 1, startUpSeconds: 1 }));
    await api.create(
      policies,
      scalingPolicy({
        target: name,
        mode: 'Auto',
        minReplicas: 1,
        maxReplicas: 60,
        intervalSeconds,
        capacityPerReplica,
        startUpSeconds: 2,
        sloSeconds: 0.25,
        metrics: [fromPrometheus('requests', 'http_requests_total', { counter: true })],
      }),
    );
  }
  beginDemand(demand, given.name);
  const sizes = await watchSizes(api, namespace);
  const prometheus = await faultProxy(lab.prometheus.url);
  const replicas: Replica[] = [];
  const all: Operator[] = [];

  /** One more operator; two of one identity are two processes that call themselves the same. */
  const addReplica = async (identity: string): Promise<Replica> => {
    const proxy = await faultProxy(plane.url, tls);
    const access = await serviceAccountAccess(plane, proxy);
    const place = await mkdtemp(join(folder, `${identity}-`));
    const start = async (): Promise<Operator> => {
      const started = await startOperator({
        access,
        prometheusUrl: prometheus.url,
        scrapeSeconds,
        folder: place,
        identity,
        store,
        namespaces: [namespace],
        leases: { namespace: 'nimbusguard', prefix: namespace, buckets, ...given.leases },
      });
      all.push(started);
      return started;
    };
    let operator = await start();
    const replica: Replica = {
      identity,
      proxy,
      operator: () => operator,
      start: async () => {
        operator = await start();
        return operator;
      },
    };
    replicas.push(replica);
    return replica;
  };

  /** All that is kept, the oldest first; while operators run, too. */
  const records = async (): Promise<readonly DecisionRecord[]> => {
    const kept = await openStore(store);
    try {
      const found: DecisionRecord[] = [];
      let cursor: string | undefined;
      do {
        const page = await kept.decisions({ cursor, limit: 500 });
        found.push(...page.items);
        cursor = page.next;
      } while (cursor !== undefined);
      return found.reverse();
    } finally {
      await kept.close();
    }
  };

  const close = async (): Promise<void> => {
    for (const one of all) one.signal('SIGCONT');
    for (const { proxy } of replicas) proxy.lift();
    await Promise.all(all.map((one) => one.stop()));
    await Promise.all([sizes.stop(), prometheus.close(), ...replicas.map(({ proxy }) => proxy.close())]);
    for (const name of targetNames) demand.remove(namespace, name);
    await api.ask('DELETE', `/api/v1/namespaces/${namespace}`).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  };

  /** Whether each target has the replicas that its demand needs at the least. */
  const isServed = (): boolean =>
    targetNames.every(
      (name) => (sizes.size(name) ?? 0) * capacityPerReplica >= demand.perSecond(namespace, name),
    );

  return {
    namespace,
    lab,
    deployments,
    policies,
    sizes,
    /** Between all operators and Prometheus. */
    prometheus,
    replicas: replicas as readonly Replica[],
    addReplica,
    records,
    isServed,
    /** Until all targets are served and a decision was kept since now. */
    served: async (withinSeconds: number): Promise<void> => {
      const since = Date.now() / 1000;
      await until(`sizes that serve the demand in ${namespace}`, withinSeconds, async () => {
        if (!isServed()) throw new Error(targetNames.map((name) => `${name} ${sizes.size(name)}`).join(', '));
        const last = (await records()).filter(({ atSeconds }) => atSeconds > since);
        return targetNames.every((name) => last.some(({ target }) => target.name === name)) || undefined;
      });
    },
    wait: (seconds: number): Promise<void> => sleep(seconds * 1000),
    close,
  };
};

export type World = Awaited<ReturnType<typeof openWorld>>;
