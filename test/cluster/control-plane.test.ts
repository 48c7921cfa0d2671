import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { firstScaling, raisedTo } from './first-scaling.ts';
import { autoscaler, deployment } from './objects.ts';
import { hpas } from './scaled.ts';
import { until } from './until.ts';

type Condition = { readonly type: string; readonly status: string; readonly lastTransitionTime: string };
type Pod = {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly nodeName?: string };
  readonly status: { readonly podIP?: string; readonly conditions?: readonly Condition[] };
};
type Scale = {
  readonly metadata: { readonly resourceVersion: string };
  readonly spec: { readonly replicas: number };
};

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const waitMs = 290_000;

needs('kubernetes')('a control plane', () => {
  let plane: ControlPlane;
  let scaled: ReturnType<typeof firstScaling>;
  const create = (given: Parameters<typeof deployment>[0]) =>
    plane.api.create(deployments, deployment(given));
  const podsOf = async (app: string): Promise<readonly Pod[]> =>
    (
      await plane.api.get<{ items: readonly Pod[] }>(
        `/api/v1/namespaces/default/pods?labelSelector=app%3D${app}`,
      )
    ).items;
  const condition = (pod: Pod, type: string): Condition | undefined =>
    pod.status.conditions?.find((one) => one.type === type);
  const isReady = (pod: Pod): boolean => condition(pod, 'Ready')?.status === 'True';
  const readyPods = (app: string, count: number): Promise<readonly Pod[]> =>
    until(`${count} ready pods of ${app}`, 120, async () => {
      const ready = (await podsOf(app)).filter(isReady);
      return ready.length === count ? ready : undefined;
    });

  beforeAll(async () => {
    plane = await startControlPlane({ metricsEverySeconds: 10 });
    // What takes longest begins first: usage is a rate, known only after the nodes were asked twice.
    await create({ name: 'busy', replicas: 3, startUpSeconds: 1, usage: { cpu: '450m' } });
    await plane.api.create(
      hpas,
      autoscaler({ target: 'busy', percent: 50, minReplicas: 3, maxReplicas: 10 }),
    );
    // From now on: it may be over before its test begins.
    scaled = firstScaling(plane.api, 'busy', { from: 3, withinSeconds: 600 });
    scaled.catch(() => undefined);
  }, startTimeoutMs);
  afterAll(() => plane?.stop());

  it('is the version that go.mod names', async () => {
    expect(await plane.api.get('/version')).toMatchObject({
      gitVersion: 'v1.36.3',
      major: '1',
      minor: '36',
    });
  });

  it('has a node that is ready', { timeout: waitMs }, async () => {
    const ready = await until('a ready node', 120, async () => {
      const found = await plane.api.get<{ status: { conditions?: readonly Condition[] } }>(
        '/api/v1/nodes/node-0',
      );
      return found.status.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
    });
    expect(ready.status).toBe('True');
  });

  it('makes pods ready after the time that their annotation says', { timeout: waitMs }, async () => {
    await create({ name: 'slow', replicas: 2, startUpSeconds: 6 });
    for (const pod of await readyPods('slow', 2)) {
      const at = (type: string): number => Date.parse(condition(pod, type)!.lastTransitionTime) / 1000;
      // Both times are cut to whole seconds: of six seconds at least five remain.
      expect(at('Ready') - at('Initialized')).toBeGreaterThanOrEqual(5);
      expect(pod.spec.nodeName).toBe('node-0');
      expect(pod.status.podIP).toMatch(/^127\.[1-9]/);
    }
  });

  it('refuses a scale that was read before somebody else wrote it', { timeout: waitMs }, async () => {
    await create({ name: 'contended', replicas: 1, startUpSeconds: 1 });
    const path = `${deployments}/contended/scale`;
    const write = async (scale: Scale, replicas: number) =>
      (await plane.api.ask('PUT', path, { ...scale, spec: { replicas } })).status;

    const stale = await plane.api.get<Scale>(path);
    await plane.api.patch(path, { spec: { replicas: 2 } });
    expect(await write(stale, 5)).toBe(409);

    // The Deployment's status moves its version too, so the right answer to a 409 is to read again.
    await until('a write upon what was just read', 60, async () =>
      (await write(await plane.api.get<Scale>(path), 3)) === 200 ? true : undefined,
    );
    expect((await plane.api.get<Scale>(path)).spec.replicas).toBe(3);
    await readyPods('contended', 3);
  });

  it('goes on after its API server and its etcd were killed', { timeout: waitMs }, async () => {
    const { etcd, 'kube-apiserver': apiServer } = plane.parts;
    await Promise.all([apiServer.kill(), etcd.kill()]);
    await expect(plane.api.get(deployments)).rejects.toThrow();
    await etcd.start();
    await apiServer.start();
    expect((await plane.api.get<Scale>(`${deployments}/contended/scale`)).spec.replicas).toBe(3);
  });

  it('reports through metrics-server the usage that pods are annotated with', {
    timeout: waitMs,
  }, async () => {
    type Metrics = { items: readonly { containers: readonly { usage: { cpu: string } }[] }[] };
    await until('450 milli-CPU of each of 3 pods', 120, async () => {
      const { items } = await plane.api.get<Metrics>(
        '/apis/metrics.k8s.io/v1beta1/namespaces/default/pods?labelSelector=app%3Dbusy',
      );
      // Nanocores, `449998003n`, of which a second of jitter in ten is a tenth; a busy machine jitters by more now and then.
      const found = items.map((pod) => Number.parseInt(pod.containers[0]!.usage.cpu, 10) / 1e9);
      if (found.length >= 3 && found.every((value) => Math.abs(value / 0.45 - 1) < 0.25)) return true;
      throw new Error(`${found}`);
    });
  });

  it('has the real HPA, which takes pods above its target to as many as bring them down to it', {
    timeout: waitMs,
  }, async () => {
    const { to, percent } = await scaled;
    // ceil(3 · 90 / 50) = 6
    expect(to).toBe(raisedTo(3, percent, 50));
    await until('as many ready pods of busy', 120, async () =>
      (await podsOf('busy')).filter(isReady).length >= to ? true : undefined,
    );
  });
});
