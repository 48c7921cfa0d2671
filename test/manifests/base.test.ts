import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configSchema } from '#config/schema';
import type { KubeObject } from '#kubernetes/api';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { deployment } from '#test/cluster/objects';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { asking } from '#test/kubernetes/asking';
import { createPolicy, type Manifest, policies } from '#test/kubernetes/lab';
import {
  allManifests,
  applyAll,
  applying,
  base,
  component,
  controllerToken,
  kustomization,
  pathOf,
} from '#test/manifests/base';

const files = readdirSync(base).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
const all = allManifests;
const named = (kind: string): Manifest => all.find((one) => one.kind === kind)!;

describe('the base manifests', () => {
  it('are all in the kustomization, in an order in which they can be created', () => {
    expect(kustomization.resources.slice(0, 2)).toEqual(['../crd', 'namespace.yaml']);
    expect(kustomization.resources.slice(1).toSorted()).toEqual(files.toSorted());
  });

  it('carry the recommended labels, and stay in their namespace', () => {
    for (const { kind, metadata } of all) {
      expect((metadata as KubeObject['metadata']).labels).toMatchObject({
        'app.kubernetes.io/name': 'nimbusguard',
        'app.kubernetes.io/part-of': 'nimbusguard',
      });
      const everywhere = ['Namespace', 'ClusterRole', 'ClusterRoleBinding'].includes(kind);
      expect(metadata.namespace).toBe(everywhere ? undefined : 'nimbusguard');
    }
  });

  it('hold a configuration without faults, at whose port the Service looks', () => {
    const { data } = named('ConfigMap') as unknown as { data: Record<string, string> };
    const config = configSchema.parse(JSON.parse(data['config.json']!));
    expect(config.http).toMatchObject({ host: '0.0.0.0', port: 8082 });
    expect(JSON.stringify(named('Deployment'))).toContain('"containerPort":8082');
  });

  it('let nobody read a Secret and name every kind that may be written', () => {
    const rules = all
      .filter(({ kind }) => kind.endsWith('Role'))
      .flatMap((role) => role.rules as { resources: string[]; verbs: string[]; apiGroups: string[] }[]);
    const words = rules.flatMap(({ resources, verbs, apiGroups }) => [...resources, ...verbs, ...apiGroups]);
    expect(words).not.toContain('*');
    expect(words).not.toContain('secrets');
  });
});

type Deployed = {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly { readonly env: readonly { readonly name: string }[] }[];
      };
    };
  };
};
type Selecting = {
  readonly spec: { readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> } };
};

type Asked = readonly [verb: string, group: string, resource: string, namespace?: string];

const words = ([verb, group, resource, namespace]: Asked): string =>
  `${verb} ${resource}${group === '' ? '' : `.${group}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
const table = (rows: readonly Asked[]) => rows.map((asked) => [words(asked), asked] as const);

const allowed: readonly Asked[] = [
  ['list', 'nimbusguard.io', 'scalingpolicies'],
  ['watch', 'nimbusguard.io', 'scalingpolicies'],
  ['patch', 'nimbusguard.io', 'scalingpolicies/status', 'shop'],
  ['get', 'apps', 'deployments/scale', 'shop'],
  ['update', 'apps', 'deployments/scale', 'shop'],
  ['update', 'apps', 'statefulsets/scale', 'shop'],
  ['update', 'apps', 'replicasets/scale', 'shop'],
  ['watch', 'apps', 'deployments'],
  ['watch', '', 'pods'],
  ['watch', 'policy', 'poddisruptionbudgets'],
  ['list', 'metrics.k8s.io', 'pods'],
  ['watch', 'autoscaling', 'horizontalpodautoscalers'],
  ['create', 'events.k8s.io', 'events', 'shop'],
  ['patch', 'events.k8s.io', 'events', 'shop'],
  ['create', 'coordination.k8s.io', 'leases', 'nimbusguard'],
  ['update', 'coordination.k8s.io', 'leases', 'nimbusguard'],
];

const refused: readonly Asked[] = [
  ['get', '', 'secrets', 'shop'],
  ['list', '', 'secrets', 'nimbusguard'],
  ['get', '', 'configmaps', 'shop'],
  ['patch', 'apps', 'deployments', 'shop'],
  ['update', 'apps', 'deployments', 'nimbusguard'],
  ['delete', 'apps', 'deployments', 'shop'],
  ['patch', 'apps', 'daemonsets/scale', 'shop'],
  ['delete', '', 'pods', 'shop'],
  ['create', '', 'pods/eviction', 'shop'],
  ['create', '', 'pods/exec', 'shop'],
  ['patch', 'nimbusguard.io', 'scalingpolicies', 'shop'],
  ['delete', 'nimbusguard.io', 'scalingpolicies', 'shop'],
  ['patch', 'autoscaling', 'horizontalpodautoscalers', 'shop'],
  ['get', 'coordination.k8s.io', 'leases', 'kube-system'],
  ['update', 'coordination.k8s.io', 'leases', 'shop'],
  ['list', '', 'nodes'],
  ['create', 'rbac.authorization.k8s.io', 'clusterrolebindings'],
  ['impersonate', '', 'users'],
];

needs('kubernetes')('the base manifests on an API server', () => {
  let plane: ControlPlane;
  let admin: ReturnType<typeof asking>;
  let controller: ReturnType<typeof asking>;

  const may = async ([verb, group, path, namespace]: Asked): Promise<boolean> => {
    const [resource, subresource] = path.split('/');
    const resourceAttributes = { verb, group, resource, subresource, namespace };
    const { body } = await controller.ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      body: {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes },
      },
    });
    return (body as { status: { allowed: boolean } }).status.allowed;
  };

  beforeAll(async () => {
    plane = await startControlPlane();
    admin = asking(plane.kubeconfig);
    await applyAll(plane);
    controller = asking(plane.kubeconfig, await controllerToken(plane));
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  it.each(all.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))(
    'is accepted: %s',
    async (_, manifest) => {
      const { status, body } = await applying(admin)(manifest, { dryRun: 'All' });
      expect(status, JSON.stringify(body)).toBe(200);
    },
  );

  it('take the component of explanations: its variables beside their own, and its NetworkPolicy', async () => {
    const { added, patches } = component('explanations');
    // Server-side apply merges lists by the keys by which a strategic merge does.
    for (const one of [...added, ...patches]) {
      const { status, body } = await applying(admin)(one, { fieldManager: 'component' });
      expect(status, JSON.stringify(body)).toBeLessThan(300);
    }
    const live = await plane.api.get<Deployed>(pathOf(patches[0]!));
    const [container, ...others] = live.spec.template.spec.containers;
    expect(others).toEqual([]);
    expect(container!.env.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['NIMBUSGUARD_STORE', 'NIMBUSGUARD_EXPLANATIONS_MODEL', 'OPENAI_API_KEY']),
    );
    const reached = await plane.api.get<Selecting>(pathOf(added[0]!));
    expect(live.spec.template.metadata.labels).toMatchObject(reached.spec.podSelector.matchLabels);
  });

  it('make pods that the restricted Pod Security Standard lets in', async () => {
    const path = '/apis/apps/v1/namespaces/nimbusguard/deployments/nimbusguard';
    await until('2 pods', 120, async () => {
      const { status } = await plane.api.get<{ status: { replicas?: number } }>(path);
      return status.replicas === 2 ? true : undefined;
    });
    const loose = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'loose' },
      spec: { containers: [{ name: 'main', image: 'none' }] },
    };
    expect(await plane.api.ask('POST', '/api/v1/namespaces/nimbusguard/pods', loose)).toMatchObject({
      status: 403,
    });
  });

  it.each(table(allowed))('let the controller %s', async (_, asked) => {
    expect(await may(asked)).toBe(true);
  });

  it.each(table(refused))('do not let the controller %s', async (_, asked) => {
    expect(await may(asked)).toBe(false);
  });

  it('let the controller scale and tell, with its own token', async () => {
    await plane.api.create(
      '/apis/apps/v1/namespaces/default/deployments',
      deployment({ name: 'web', replicas: 1, startUpSeconds: 1 }),
    );
    await createPolicy(plane.api, {}, 'web');
    const path = '/apis/apps/v1/namespaces/default/deployments/web';
    const scale = {
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: { name: 'web', namespace: 'default' },
    };
    const asked = await Promise.all([
      controller.ask('PUT', `${path}/scale`, { body: { ...scale, spec: { replicas: 2 } } }),
      controller.ask('PATCH', `${policies}/web/status`, { body: { status: { mode: 'Shadow' } } }),
      controller.ask('PATCH', path, { body: { spec: { replicas: 9 } } }),
      controller.ask('PATCH', `${policies}/web`, { body: { spec: { maxReplicas: 99 } } }),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 403, 403]);
  });
});
