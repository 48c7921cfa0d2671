import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStore } from '#adapters/stores/registry';
import { configCheck } from '#cli/config-check';
import { type KubernetesConfig, readConfig } from '#config';
import type { ScalingPolicy } from '#kubernetes/scaling-policy';
import { timestamp } from '#kubernetes/timestamps';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { type LoadDriver, startLoadDriver } from '#test/cluster/load-driver';
import { autoscaler, deployment } from '#test/cluster/objects';
import { type Operator, startOperator } from '#test/cluster/operator';
import { certificatesOf } from '#test/cluster/parts';
import { type LabPrometheus, startLabPrometheus } from '#test/cluster/prometheus';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { asking } from '#test/kubernetes/asking';
import { createPolicy, type Manifest, policies } from '#test/kubernetes/lab';
import { target } from '#test/make';
import { allManifests, applyAll, controllerToken } from '#test/manifests/base';

const named = (kind: string): Manifest => allManifests.find((one) => one.kind === kind)!;
const { data } = named('ConfigMap') as unknown as { data: Record<string, string> };
const written = data['config.json']!;

type Variable = { readonly name: string; readonly valueFrom?: { fieldRef?: { fieldPath: string } } };
const container = (
  named('Deployment') as unknown as {
    spec: { template: { spec: { containers: { env: readonly Variable[] }[] } } };
  }
).spec.template.spec.containers[0]!;
const fields = new Map([
  ['metadata.name', 'nimbusguard-7c9fd4c9d6-x2x7p'],
  ['metadata.namespace', 'nimbusguard'],
]);
/** As in a pod: what the API server fills in, and where the API server is. */
const variables = Object.fromEntries([
  ...container.env.map(({ name, valueFrom }) => [name, fields.get(valueFrom?.fieldRef?.fieldPath ?? '')]),
  ['KUBERNETES_SERVICE_HOST', '10.96.0.1'],
  ['KUBERNETES_SERVICE_PORT', '443'],
]) as Record<string, string | undefined>;

const configured = async (folder: string): Promise<KubernetesConfig> => {
  const file = join(folder, 'config.json');
  await writeFile(file, written);
  const config = readConfig({ file, variables, check: configCheck });
  expect(config.targets).toEqual([]);
  return config.kubernetes!;
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nimbusguard-manifests-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the ConfigMap', () => {
  it('is a sound configuration, in the variables that the Deployment gives', async () => {
    const { identity, leases, server, metrics, servers } = await configured(folder);
    expect(identity).toBe(fields.get('metadata.name'));
    expect(leases.namespace).toBe('nimbusguard');
    expect(server).toMatchObject({ url: 'https://10.96.0.1:443' });
    expect(Object.keys(servers)).toEqual(['default']);
    expect(metrics.map(({ name }) => name)).toEqual(['requests', 'cpu']);
  });
});

/** The API server writes down who asked for what, and what the answer was. */
const auditing = async () => {
  const [policy, log] = [join(folder, 'audit-policy.json'), join(folder, 'audit.log')];
  const rules = [{ level: 'Metadata', omitStages: ['RequestReceived'] }];
  await writeFile(policy, JSON.stringify({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules }));
  return { log, flags: [`--audit-policy-file=${policy}`, `--audit-log-path=${log}`] };
};

type Audited = {
  readonly user: { readonly username: string };
  readonly verb: string;
  readonly requestURI: string;
  readonly responseStatus?: { readonly code?: number };
};

/** What the controller has asked for in vain, as `list /apis/policy/v1/poddisruptionbudgets`. */
const forbiddenIn = async (log: string): Promise<readonly string[]> => {
  // The last line may be under way.
  const lines = (await readFile(log, 'utf8')).split('\n').slice(0, -1);
  const all = lines.map((line) => JSON.parse(line) as Audited);
  const ours = all.filter(({ user }) => user.username === 'system:serviceaccount:nimbusguard:nimbusguard');
  expect(ours.length).toBeGreaterThan(20);
  return ours
    .filter(({ responseStatus }) => responseStatus?.code === 403)
    .map(({ verb, requestURI }) => `${verb} ${requestURI.split('?')[0]}`);
};

const seconds = 120;
/** Longer than all that is waited for. */
const loadSeconds = 900;

needs(
  'kubernetes',
  'prometheus',
  'pod-addresses',
)('an operator with the rights and the metrics of the base manifests', () => {
  let plane: ControlPlane;
  let prometheus: LabPrometheus;
  let driver: LoadDriver;
  let operator: Operator;
  let audit: Awaited<ReturnType<typeof auditing>>;

  const policyOf = (name: string) => plane.api.get<ScalingPolicy>(`${policies}/${name}`);
  const condition = ({ status }: ScalingPolicy, type: string) =>
    status?.conditions?.find((one) => one.type === type);

  beforeAll(async () => {
    audit = await auditing();
    plane = await startControlPlane({ flags: { 'kube-apiserver': audit.flags } });
    await applyAll(plane);
    for (const name of ['web', 'held'])
      await plane.api.create(
        '/apis/apps/v1/namespaces/default/deployments',
        deployment({ name, replicas: 2, startUpSeconds: 1 }),
      );
    await plane.api.create(
      '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers',
      autoscaler({ target: 'held', percent: 60, minReplicas: 1, maxReplicas: 9 }),
    );
    prometheus = await startLabPrometheus({ scrapeSeconds: 2, pods: { kubeconfig: plane.kubeconfig } });
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, await controllerToken(plane));
    for (const [name, mode] of [
      ['web', 'Auto'],
      ['held', 'Auto'],
    ] as const)
      await createPolicy(
        plane.api,
        { mode, targetRef: { kind: 'Deployment', name }, intervalSeconds: 5 },
        name,
      );
    const caFile = join(certificatesOf(plane.folder), 'ca.crt');
    operator = await startOperator({
      access: { server: { url: plane.url, tokenFile, caFile } },
      prometheusUrl: prometheus.url,
      scrapeSeconds: 2,
      metrics: (await configured(folder)).metrics,
      http: (JSON.parse(written) as { http: Record<string, unknown> }).http,
      leases: { namespace: 'nimbusguard' },
      folder,
    });
    driver = await startLoadDriver(
      plane.api,
      ['web', 'held'].map((name) => ({
        name,
        arrivals: new Float64Array(loadSeconds).fill(150),
        capacityPerReplica: 50,
        sloSeconds: 0.25,
      })),
      { seed: 1 },
    );
  }, startTimeoutMs);
  afterAll(async () => {
    await driver?.stop();
    await operator?.stop();
    await prometheus?.stop();
    await plane?.stop();
  });

  it(
    'scales a workload by a policy of ten lines',
    async () => {
      const scaled = await until('a scaling', seconds, async () => {
        const policy = await policyOf('web');
        return policy.status?.lastScaleAt === undefined ? undefined : policy;
      });
      expect(condition(scaled, 'Ready')).toMatchObject({ status: 'True' });
      // The status tells of the newest decision that matters, which may be another by the time that it is looked at.
      const store = await openStore(operator.store);
      const { items } = await store.decisions({ target: target(), outcome: 'scaled', limit: 100 });
      await store.close();
      expect(items.at(-1)!.decision.from).toBe(2);
      expect(scaled.status!.lastDecision!.at >= timestamp(items.at(-1)!.atSeconds)).toBe(true);
    },
    startTimeoutMs,
  );

  it('answers probes and scrapes of other machines without a token, and nothing else', async () => {
    const status = async (path: string): Promise<number> => (await fetch(operator.url + path)).status;
    for (const path of ['/livez', '/readyz', '/metrics']) expect(await status(path)).toBe(200);
    expect(await status('/api/v1/targets')).toBe(403);
  });

  it(
    'reads all of its metrics',
    async () => {
      await until('all metrics', seconds, async () => {
        const found = condition(await policyOf('web'), 'MetricsAvailable');
        return found?.status === 'True' ? true : undefined;
      });
    },
    startTimeoutMs,
  );

  it(
    'leaves to an HPA what an HPA scales',
    async () => {
      await until('a conflict', seconds, async () =>
        condition(await policyOf('held'), 'Conflict')?.status === 'True' ? true : undefined,
      );
    },
    startTimeoutMs,
  );

  it(
    'tells what it did, and asks the API server for nothing that it may not',
    async () => {
      // They come one by one, in no order.
      await until('events', seconds, async () => {
        const found = await plane.api.get<{ items: { reason: string }[] }>(
          '/apis/events.k8s.io/v1/namespaces/default/events',
        );
        const reasons = new Set(found.items.map(({ reason }) => reason));
        return reasons.has('SuccessfulRescale') && reasons.has('ConflictFound') ? true : undefined;
      });
      const holders = await plane.api.get<{ items: object[] }>(
        '/apis/coordination.k8s.io/v1/namespaces/nimbusguard/leases',
      );
      expect(holders.items.length).toBeGreaterThan(0);
      expect(await forbiddenIn(audit.log)).toEqual([]);
      // That it would be seen:
      const controller = asking(plane.kubeconfig, await controllerToken(plane));
      await controller.ask('GET', '/api/v1/namespaces/default/secrets');
      expect(await forbiddenIn(audit.log)).toEqual(['list /api/v1/namespaces/default/secrets']);
    },
    startTimeoutMs,
  );
});
