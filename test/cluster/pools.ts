import type { ControlPlane } from './control-plane.ts';
import { deployment } from './objects.ts';

export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const group = 'test.nimbusguard.io';
export const poolVersion = `${group}/v1`;
export const pools = `/apis/${poolVersion}/namespaces/default/pools`;

/** A kind that takes any content, with `/scale`. */
export const definition = (group: string, version: string, kind: string): object => {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const schema = {
    openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  };
  const scale = {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${group}`,
      // Groups of Kubernetes itself are protected by that.
      annotations: { 'api-approved.kubernetes.io': 'unapproved, for tests' },
    },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, singular, kind, listKind: `${kind}List` },
      versions: [{ name: version, served: true, storage: true, schema, subresources: { status: {}, scale } }],
    },
  };
};

export const poolDefinition = definition(group, 'v1', 'Pool');

export const pool = (name: string, replicas: number): object => ({
  apiVersion: poolVersion,
  kind: 'Pool',
  metadata: { name },
  spec: { replicas },
});

type Pool = {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly replicas: number };
  readonly status?: { readonly replicas?: number };
};

/** The controller of pools: a Deployment for each, of its name and size. */
export const runPools = (plane: ControlPlane, startUpSeconds: number): { stop(): Promise<void> } => {
  const deployments = '/apis/apps/v1/namespaces/default/deployments';
  const sizes = new Map<string, number>();
  const stop = new AbortController();
  const follow = async ({ metadata: { name }, spec: { replicas } }: Pool): Promise<void> => {
    const known = sizes.get(name);
    if (known === replicas) return;
    if (known === undefined)
      await plane.api.ask('POST', deployments, deployment({ name, replicas, startUpSeconds }));
    else await plane.api.patch(`${deployments}/${name}`, { spec: { replicas } });
    await plane.api.patch(`${pools}/${name}/status`, { status: { replicas, selector: `app=${name}` } });
    sizes.set(name, replicas);
  };
  const run = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      // As controllers do: what fails is tried again.
      const { items } = await plane.api.get<{ items: readonly Pool[] }>(pools).catch(() => ({ items: [] }));
      for (const one of items) await follow(one).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  const ended = run();
  return {
    stop: () => {
      stop.abort();
      return ended;
    },
  };
};
