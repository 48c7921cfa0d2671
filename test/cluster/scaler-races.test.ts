import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Target, targetKey } from '#core/model';
import { KubeError } from '#kubernetes/api';
import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { autoscaler, deployment, readyAfter } from './objects.ts';
import { definition, definitions } from './pools.ts';
import {
  budgets,
  deployments,
  freshName,
  hpas,
  now,
  openScaled,
  type Scaled,
  settled,
  sizesOnce,
  startedDeployment,
} from './scaled.ts';
import { until } from './until.ts';

const scaledObjects = '/apis/keda.sh/v1alpha1/namespaces/default/scaledobjects';
const vpas = '/apis/autoscaling.k8s.io/v1/namespaces/default/verticalpodautoscalers';

type Sized = { readonly spec: { readonly replicas: number } };

needs('kubernetes')('a scaler among others', () => {
  let plane: ControlPlane;
  let scaled: Scaled;
  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.api.create(definitions, definition('keda.sh', 'v1alpha1', 'ScaledObject'));
    await plane.api.create(definitions, definition('autoscaling.k8s.io', 'v1', 'VerticalPodAutoscaler'));
    for (const path of [scaledObjects, vpas])
      await until('the kinds of others', 60, () => plane.api.get(path));
    scaled = await openScaled(plane);
  }, startTimeoutMs);
  afterAll(async () => {
    scaled?.close();
    await plane?.stop();
  });

  const started = (stem: string, replicas = 3): Promise<Target> =>
    startedDeployment(plane, scaled, { name: freshName(stem), replicas });
  const sizeOf = async ({ name }: Target): Promise<number> =>
    (await plane.api.get<Sized>(`${deployments}/${name}`)).spec.replicas;
  /** As `kubectl scale` does. */
  const byHand = ({ name }: Target, replicas: number): Promise<unknown> =>
    plane.api.patch(`${deployments}/${name}/scale?fieldManager=kubectl`, { spec: { replicas } });

  it.concurrent('writes upon a version that is old by then, as long as nobody else changed the size', async () => {
    const target = await started('stale');
    const seen = await scaled.view.see(target);
    await plane.api.patch(`${deployments}/${target.name}`, { metadata: { annotations: { a: 'b' } } });
    const fences: number[] = [];
    const scaler = scaled.scaler({
      view: { ...scaled.view, see: async () => seen },
      fence: async () => fences.push(1),
    });

    await scaler.scale(target, 3, 5);
    expect(await sizeOf(target)).toBe(5);
    // Once more for the version that was old, and again where the controller has moved it meanwhile.
    expect(fences.length).toBeGreaterThanOrEqual(2);
    expect(fences.length).toBeLessThanOrEqual(3);
  });

  it.concurrent('leaves the size to a person who sets it between look and write, says who, and holds', async () => {
    const target = await started('contended');
    // 4 is ours, so that there is something to override.
    const scaler = scaled.scaler();
    await scaler.scale(target, 3, 4);
    await settled(scaled, target, 4);
    const late = scaled.scaler({
      fence: async () => {
        await byHand(target, 7);
        return 1;
      },
    });

    const refused = await late.scale(target, 4, 5).catch((error: unknown) => error as KubeError);
    expect(refused).toBeInstanceOf(KubeError);
    expect(refused).toMatchObject({
      code: 409,
      message: expect.stringMatching(/was 4 .* is 7 now \(by kubectl, through scale\): not set to 5/),
    });
    expect(await sizeOf(target)).toBe(7);
    const sizes = await sizesOnce(
      'a holder',
      () => scaler.replicas(target),
      ({ holder }) => holder !== undefined,
    );
    expect(sizes).toMatchObject({ desired: 7, holder: { writer: 'kubectl', reason: 'ManualScaling' } });
    // 600 s from when it was first seen: managedFields know no time of what is written through /scale.
    expect(sizes.holder!.untilSeconds! - now()).toBeGreaterThan(500);
  });

  it.concurrent('writes nothing once somebody else owns the target', async () => {
    const target = await started('fenced');
    const scaler = scaled.scaler({ fence: () => Promise.reject(new KubeError('another one owns it')) });
    await expect(scaler.scale(target, 3, 5)).rejects.toThrow('another one owns it');
    expect(await sizeOf(target)).toBe(3);
  });

  it.concurrent('awaits a write that is sent, even if the signal ends the call meanwhile', async () => {
    const target = await started('awaited');
    // A write upon an older version is refused, and then the signal is heeded.
    await until('the newest version in the view', 60, async () => {
      const { metadata } = await plane.api.get<{ metadata: { resourceVersion: string } }>(
        `${deployments}/${target.name}`,
      );
      return (await scaled.view.see(target)).resourceVersion === metadata.resourceVersion || undefined;
    });
    const stop = new AbortController();
    const request: Scaled['api']['request'] = (method, path, sent) => {
      if (method === 'PUT') stop.abort(new Error('enough'));
      return scaled.api.request(method, path, sent);
    };
    const scaler = scaled.scaler({ api: { ...scaled.api, request } });
    await scaler.scale(target, 3, 5, stop.signal);
    expect(await sizeOf(target)).toBe(5);
  });

  it.concurrent('names the HPA that scales the same target, and lets go of it when it is gone', async () => {
    const target = await started('claimed');
    const scaler = scaled.scaler();
    expect((await scaler.replicas(target)).holder).toBeUndefined();
    await plane.api.create(
      hpas,
      autoscaler({ target: target.name, percent: 50, minReplicas: 3, maxReplicas: 9 }),
    );
    const { holder } = await sizesOnce(
      'a holder',
      () => scaler.replicas(target),
      (one) => one.holder !== undefined,
    );
    expect(holder).toEqual({
      writer: `HorizontalPodAutoscaler ${target.name}`,
      reason: 'HorizontalPodAutoscaler',
    });
    await plane.api.ask('DELETE', `${hpas}/${target.name}`);
    await sizesOnce(
      'no holder',
      () => scaler.replicas(target),
      (one) => one.holder === undefined,
    );
  });

  it.concurrent('names KEDA and the VPA too, where the cluster has them', async () => {
    const target = await started('kept');
    const scaler = scaled.scaler();
    const { name } = target;
    const claims = [
      { path: vpas, version: 'autoscaling.k8s.io/v1', kind: 'VerticalPodAutoscaler', by: 'targetRef' },
      { path: scaledObjects, version: 'keda.sh/v1alpha1', kind: 'ScaledObject', by: 'scaleTargetRef' },
    ];
    for (const { path, version: apiVersion, kind, by } of claims) {
      const spec = { [by]: { apiVersion: 'apps/v1', kind: 'Deployment', name } };
      await plane.api.create(path, { apiVersion, kind, metadata: { name }, spec });
      const { holder } = await sizesOnce(
        kind,
        () => scaler.replicas(target),
        (one) => one.holder?.reason === kind,
      );
      expect(holder?.writer).toBe(`${kind} ${name}`);
    }
  });

  it.concurrent('says which rule is missing where a role forbids the write', async () => {
    const target = await started('forbidden');
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    const user = { kind: 'ServiceAccount', name: 'reader', namespace: 'default' };
    await plane.api.create('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: user.name } });
    await plane.api.create(`${rbac}/clusterrolebindings`, {
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [user],
    });
    const { status } = await plane.api.create<{ status: { token: string } }>(
      '/api/v1/namespaces/default/serviceaccounts/reader/token',
      { spec: {} },
    );
    const admin = await kubeconfigCredentials({ file: plane.kubeconfig });
    const { tls } = await admin.access();
    const reader = openKubeApi({
      credentials: {
        server: plane.url,
        mend: '',
        access: async () => ({ tls: { ca: tls.ca }, headers: { authorization: `Bearer ${status.token}` } }),
        refused: () => {},
      },
    });
    const scaler = scaled.scaler({ api: reader });
    await expect(scaler.scale(target, 3, 5)).rejects.toThrow(
      'the role lacks update on deployments/scale of the group apps, in the namespace default',
    );
    reader.close();
  });

  it.concurrent('tells a rollout from a scaling, though both move the generation', async () => {
    const target = await started('rolled');
    const scaler = scaled.scaler();
    const seen: boolean[] = [];
    const look = async () => {
      const sizes = await scaler.replicas(target);
      seen.push(sizes.rollout);
      return sizes;
    };
    await look();
    await scaler.scale(target, 3, 5);
    await sizesOnce('5 ready', look, ({ ready }) => ready === 5);
    expect(seen).not.toContain(true);

    await plane.api.patch(`${deployments}/${target.name}`, {
      // For so long that nobody who looks now and then can miss it.
      spec: { template: { metadata: { annotations: { version: 'next', ...readyAfter(10) } } } },
    });
    await sizesOnce('a rollout', look, ({ rollout }) => rollout);
    await sizesOnce('its end', look, ({ rollout }) => !rollout);
  });

  it.concurrent('counts pods that no node has room for', async () => {
    const name = freshName('huge');
    const target = { namespace: 'default', kind: 'Deployment', name };
    const object = deployment({ name, replicas: 2, startUpSeconds: 1 });
    const huge = JSON.parse(JSON.stringify(object).replace('"cpu":"500m"', '"cpu":"2000"'));
    await plane.api.create(deployments, huge);
    const scaler = scaled.scaler({ unschedulableAfterSeconds: 0 });
    await until('the Deployment', 60, () => scaled.view.see(target));
    const { unschedulable } = await sizesOnce(
      'pods without a node',
      () => scaler.replicas(target),
      (one) => one.unschedulable === 2,
    );
    expect(unschedulable).toBe(2);
  });

  it.concurrent('has no size of a target that is gone, and begins anew with one that comes back', async () => {
    const target = await started('reborn');
    const scaler = scaled.scaler();
    await scaler.scale(target, 3, 4);
    await plane.api.ask('DELETE', `${deployments}/${target.name}`);
    const gone = await until('its end', 60, () =>
      scaler.replicas(target).then(
        () => undefined,
        (error: unknown) => error as KubeError,
      ),
    );
    expect(gone).toMatchObject({ code: 404, message: expect.stringContaining(targetKey(target)) });
    await expect(scaler.scale(target, 4, 5)).rejects.toThrow(/there is no|being deleted/);

    await plane.api.create(deployments, deployment({ name: target.name, replicas: 2, startUpSeconds: 1 }));
    await settled(scaled, target, 2);
    expect(await scaler.replicas(target)).toMatchObject({
      desired: 2,
      ready: 2,
      lastScaledAt: undefined,
      holder: undefined,
    });
    await scaler.scale(target, 2, 3);
    expect(await sizeOf(target)).toBe(3);
  });

  it.concurrent('does not write to a target that was made anew since it was looked at', async () => {
    const target = await started('swapped');
    const seen = await scaled.view.see(target);
    await plane.api.ask('DELETE', `${deployments}/${target.name}`);
    await until('its name', 60, async () => {
      const again = deployment({ name: target.name, replicas: 3, startUpSeconds: 1 });
      const { status } = await plane.api.ask('POST', deployments, again);
      return status === 201 ? true : undefined;
    });
    const scaler = scaled.scaler({ view: { ...scaled.view, see: async () => seen } });
    await expect(scaler.scale(target, 3, 5)).rejects.toThrow('was deleted and made anew');
    expect(await sizeOf(target)).toBe(3);
  });

  it.concurrent('names the budget below whose minAvailable it must not go', async () => {
    const target = await started('guarded');
    const scaler = scaled.scaler();
    await plane.api.create(budgets, {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: target.name },
      spec: { minAvailable: 2, selector: { matchLabels: { app: target.name } } },
    });
    const { floor } = await sizesOnce(
      'a floor',
      () => scaler.replicas(target),
      (one) => one.floor !== undefined,
    );
    expect(floor).toEqual({ replicas: 2, name: target.name });
  });

  it.concurrent('refuses two workloads that share pods, by the name of the other', async () => {
    const target = await started('shared');
    const canary = { ...target, name: `${target.name}-canary` };
    const object = deployment({ name: target.name, replicas: 1, startUpSeconds: 1 });
    await plane.api.create(deployments, { ...object, metadata: { name: canary.name } });
    const why = `shares pods with Deployment ${target.name},`;
    await until('a refusal', 60, async () => {
      const error = await scaled.view.see(canary).catch((one: unknown) => one as KubeError);
      return error instanceof KubeError && error.reason === 'AmbiguousSelector' && error.message.includes(why)
        ? true
        : undefined;
    });
  });

  it.concurrent('refuses the ReplicaSet of a Deployment, and kinds that cannot be scaled', async () => {
    const { name } = await started('owned');
    const sets = await plane.api.get<{ items: readonly { metadata: { name: string } }[] }>(
      `/apis/apps/v1/namespaces/default/replicasets?labelSelector=app%3D${name}`,
    );
    const set = { namespace: 'default', kind: 'ReplicaSet', name: sets.items[0]!.metadata.name };
    await expect(scaled.view.see(set)).rejects.toThrow(`belongs to Deployment ${name}`);
    const config = { namespace: 'default', kind: 'ConfigMap', name: 'any' };
    await expect(scaled.view.see(config)).rejects.toThrow('give targetRef.apiVersion');
    const other = await openScaled(plane, () => 'v1');
    await expect(other.view.see(config)).rejects.toThrow('has no /scale');
    other.close();
  });

  it.concurrent('sets the floor of an HPA, which comes up to it, and respects a person who moves that', async () => {
    const name = freshName('bounded');
    const target = { namespace: 'default', kind: 'Deployment', name };
    // Longer than it takes to look at what is starting.
    await plane.api.create(deployments, deployment({ name, replicas: 2, startUpSeconds: 10 }));
    await settled(scaled, target, 2);
    const bounds = scaled.bounds();
    await expect(bounds.replicas(target)).rejects.toThrow(
      `no HorizontalPodAutoscaler scales ${targetKey(target)}`,
    );
    await plane.api.create(hpas, autoscaler({ target: name, percent: 50, minReplicas: 2, maxReplicas: 6 }));
    const found = await until('the HPA', 60, () => bounds.replicas(target));
    expect(found).toMatchObject({ desired: 2, ready: 2, starting: 0, holder: undefined });

    await bounds.scale(target, 2, 4);
    expect(await bounds.replicas(target)).toMatchObject({ desired: 4, ready: 2, starting: 2 });
    await sizesOnce(
      '4 ready replicas by the HPA',
      () => bounds.replicas(target),
      ({ ready }) => ready === 4,
    );

    // Beyond the HPA's own maximum it does not go.
    await bounds.scale(target, 4, 9);
    type Floored = { readonly spec: { readonly minReplicas: number } };
    const floor = async () => (await plane.api.get<Floored>(`${hpas}/${name}`)).spec.minReplicas;
    expect(await floor()).toBe(6);

    await plane.api.patch(`${hpas}/${name}?fieldManager=kubectl-edit`, { spec: { minReplicas: 5 } });
    const { holder } = await sizesOnce(
      'a holder',
      () => bounds.replicas(target),
      (one) => one.holder !== undefined,
    );
    expect(holder).toMatchObject({ writer: 'kubectl-edit', reason: 'ManualScaling' });
  });
});
