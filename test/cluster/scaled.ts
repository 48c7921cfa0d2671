import { setTimeout as sleep } from 'node:timers/promises';
import { hpaBounds } from '#adapters/scalers/hpa-bounds';
import { kubernetesScaler } from '#adapters/scalers/kubernetes';
import type { Target } from '#core/model';
import type { KubeApi } from '#kubernetes/api';
import { discovery } from '#kubernetes/discovery';
import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import { neighbours } from '#kubernetes/neighbours';
import { targetView } from '#kubernetes/target-view';
import { unschedulablePods } from '#kubernetes/unschedulable-pods';
import type { Sizes } from '#ports';
import type { ControlPlane } from './control-plane.ts';
import { deployment } from './objects.ts';
import { until } from './until.ts';

export const startUpSeconds = 2;
export const deployments = '/apis/apps/v1/namespaces/default/deployments';
export const statefulSets = '/apis/apps/v1/namespaces/default/statefulsets';
export const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';
export const hpas = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers';

export type Overrides = Partial<Parameters<typeof hpaBounds>[0]>;

/** Scalers on a control plane, as the operator has them. */
export type Scaled = {
  readonly api: KubeApi;
  readonly view: ReturnType<typeof targetView>;
  readonly scaler: (changes?: Overrides) => ReturnType<typeof kubernetesScaler>;
  readonly bounds: (changes?: Overrides) => ReturnType<typeof hpaBounds>;
  close(): void;
};

export const now = (): number => Date.now() / 1000;

export const openScaled = async (
  plane: ControlPlane,
  apiVersionOf?: (target: Target) => string | undefined,
): Promise<Scaled> => {
  const api = openKubeApi({ credentials: await kubeconfigCredentials({ file: plane.kubeconfig }) });
  const stop = new AbortController();
  const nap = async (seconds: number, signal?: AbortSignal): Promise<void> => {
    await sleep(seconds * 1000, undefined, signal && { signal });
  };
  const world = { api, now, sleep: nap, random: () => 0.5, signal: stop.signal };
  const resources = discovery({ api, now });
  const view = targetView(world, { discovery: resources, ...(apiVersionOf && { apiVersionOf }) });
  const others = neighbours(world, resources);
  const settings = (changes: Overrides) => ({
    api,
    view,
    neighbours: others,
    unschedulable: unschedulablePods(world),
    fence: () => Promise.resolve(1),
    now,
    sleep: nap,
    manualHoldSeconds: () => 600,
    minReplicas: () => 1,
    ...changes,
  });
  return {
    api,
    view,
    scaler: (changes = {}) => kubernetesScaler(settings(changes)),
    bounds: (changes = {}) => hpaBounds(settings(changes)),
    close: () => {
      stop.abort();
      api.close();
    },
  };
};

/** A workload with so many ready replicas, which the view has seen too. */
export const settled = async (scaled: Scaled, target: Target, replicas: number): Promise<void> => {
  await until(`${replicas} ready replicas of ${target.name}`, 120, async () => {
    const seen = await scaled.view.see(target);
    const { workload } = seen;
    const observed = workload === undefined || workload.observedGeneration >= workload.generation;
    return seen.replicas === replicas && seen.ready === replicas && observed ? true : undefined;
  });
};

let made = 0;
export const freshName = (stem: string): string => `${stem}-${made++}`;

export const startedDeployment = async (
  plane: ControlPlane,
  scaled: Scaled,
  given: { readonly name: string; readonly replicas: number },
): Promise<Target> => {
  const target = { namespace: 'default', kind: 'Deployment', name: given.name };
  await plane.api.create(deployments, deployment({ ...given, startUpSeconds }));
  await settled(scaled, target, given.replicas);
  return target;
};

export const sizesOnce = (
  what: string,
  look: () => Promise<Sizes>,
  wanted: (sizes: Sizes) => boolean,
): Promise<Sizes> =>
  until(what, 120, async () => {
    const sizes = await look();
    return wanted(sizes) ? sizes : undefined;
  });
