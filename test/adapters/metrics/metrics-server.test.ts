import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#adapters/clocks/system';
import { type OpenSource, operatorSources } from '#adapters/metrics/operator-sources';
import { type Pod, type PodsOf, targetPodOf } from '#adapters/metrics/target-pods';
import type { Call } from '#core/calls';
import type { Sample } from '#core/model';
import type { KubeApi } from '#kubernetes/api';
import { openKubeApi } from '#kubernetes/https-api';
import { kubeconfigCredentials } from '#kubernetes/kubeconfig-credentials';
import type { Reading } from '#ports';
import { type ControlPlane, startControlPlane } from '#test/cluster/control-plane';
import { deployment } from '#test/cluster/objects';
import { until } from '#test/cluster/until';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { target } from '#test/make';

/** Several waits for a sample or for pods, each of some minutes at most. */
const waitMs = 900_000;
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const clock = systemClock();

needs('kubernetes')('metrics-server as a source, on a real one', () => {
  let plane: ControlPlane;
  let api: KubeApi;
  let sources: ReturnType<typeof operatorSources>;
  const asked: string[] = [];

  const podsOf: PodsOf = async ({ namespace, name }, signal) => {
    const scale = await plane.api.ask('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
    if (scale.status === 404) return undefined;
    const path = `/api/v1/namespaces/${namespace}/pods`;
    const query = { labelSelector: `app=${name}` };
    const { items } = await api.request<{ items: readonly Pod[] }>('GET', path, { query, signal });
    return items.map(targetPodOf);
  };
  const open = (name: string, withPods = false): OpenSource =>
    sources.open(
      target(name),
      [
        { kind: 'metrics-server', metric: 'cpu' },
        { kind: 'metrics-server', metric: 'memory' },
      ],
      { withPods },
    );
  const read = (name: string, withPods = false): Promise<Reading> =>
    open(name, withPods).read(target(name), clock.now(), undefined);
  const cpuOf = async (name: string): Promise<Sample> => (await read(name)).samples[0]!;
  const goodCpu = (name: string): Promise<Sample> =>
    until(`the CPU of ${name}`, 150, async () => {
      const cpu = await cpuOf(name);
      return cpu.state === 'ok' ? cpu : undefined;
    });
  /** 3 s of 10 is what a window may be off by where a machine stands still in the midst of a look: the next one is right. */
  const isNear = (value: number | undefined, right: number): boolean =>
    value !== undefined && Math.abs(value / right - 1) < 0.25;
  const readyPods = (name: string, count: number): Promise<true> =>
    until(`${count} ready pods of ${name}`, 120, async () =>
      (await podsOf(target(name)))?.filter(({ ready }) => ready).length === count ? true : undefined,
    );
  const create = (given: Parameters<typeof deployment>[0]): Promise<unknown> =>
    plane.api.create(deployments, deployment(given));

  beforeAll(async () => {
    plane = await startControlPlane({ metricsEverySeconds: 10 });
    await create({ name: 'busy', replicas: 3, startUpSeconds: 1, usage: { cpu: '450m', memory: '96Mi' } });
    await create({ name: 'idle', replicas: 2, startUpSeconds: 1, usage: { cpu: '50m' } });
    await create({ name: 'none', replicas: 0, startUpSeconds: 1 });
    api = openKubeApi({ credentials: await kubeconfigCredentials({ file: plane.kubeconfig }) });
    sources = operatorSources({
      apis: () => undefined,
      api: {
        server: api.server,
        request: (method, path, sent) => {
          asked.push(path);
          return api.request(method, path, sent);
        },
      },
      podsOf,
      clock,
      maxAgeSeconds: 5,
    });
  }, startTimeoutMs);
  afterAll(async () => {
    sources?.close();
    api?.close();
    await plane?.stop();
  });

  it('has no number until it was measured, nor without pods', { timeout: waitMs }, async () => {
    let n = 0;
    const unmeasured = await until('ready pods before they are measured', 240, async () => {
      const name = `new-${n++}`;
      await create({ name, replicas: 2, startUpSeconds: 1, usage: { cpu: '100m' } });
      await readyPods(name, 2);
      const cpu = await cpuOf(name);
      // On a busy machine metrics-server may have been quicker than this look, or not be there yet: then with others.
      return cpu.state === 'empty' ? cpu : undefined;
    });
    expect(unmeasured.value).toBeUndefined();
    expect(await cpuOf('none')).toMatchObject({ state: 'empty', detail: 'the target has no ready pod' });
    expect(await cpuOf('absent')).toMatchObject({ state: 'error', detail: 'the target is not there' });
  });

  it('gives what is used of what is requested, each target its own', { timeout: waitMs }, async () => {
    // 450 of 500 milli and 50 of 500, of which a second of jitter in ten is a tenth.
    const [busy] = await until('what pods use, and when', 150, async () => {
      const both = await Promise.all([goodCpu('busy'), goodCpu('idle')]);
      return isNear(both[0].value, 0.9) && isNear(both[1].value, 0.1) ? both : undefined;
    });
    expect(busy.ageSeconds).toBeLessThan(60);
    const { samples, pods, arrivals } = await read('busy');
    expect(samples.map(({ metric }) => metric)).toEqual(['cpu', 'memory']);
    // 96 of 128 MiB
    expect(samples[1]!.value).toBeCloseTo(0.75, 6);
    expect([pods, arrivals]).toEqual([undefined, undefined]);
  });

  it('tells of each pod where that is asked for', { timeout: waitMs }, async () => {
    await goodCpu('busy');
    const pods = await until('what each pod uses', 150, async () => {
      const { pods: each } = await read('busy', true);
      return each?.every(({ usageMilli }) => isNear(usageMilli, 450)) ? each : undefined;
    });
    expect(pods.length).toBe(3);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        count: 1,
        phase: 'Running',
        ready: true,
        deleted: false,
        requestMilli: 500,
      });
      expect(pod.windowSeconds).toBeGreaterThan(0);
      expect(pod.sampleAt! - pod.startAt!).toBeGreaterThan(0);
    }
  });

  it('is asked once for all targets of a namespace while its answer is young', async () => {
    const at = clock.now() + 100;
    asked.length = 0;
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const name = i % 2 === 0 ? 'busy' : 'idle';
        return open(name).read(target(name), at + i / 10, undefined);
      }),
    );
    expect(asked).toEqual(['/apis/metrics.k8s.io/v1beta1/namespaces/default/pods']);
  });

  it('is one call in the trace of each who shares its answer', async () => {
    const at = clock.now() + 200;
    const made: Call[] = [];
    const calls = { now: clock.now, made: (call: Call) => void made.push(call) };
    for (const name of ['busy', 'idle']) await open(name).read(target(name), at, undefined, undefined, calls);
    expect(made.map(({ name, sharedBy }) => [name, sharedBy])).toEqual([
      ['cpu/list', expect.any(Number)],
      ['memory/list', expect.any(Number)],
      ['cpu/list', 2],
      ['memory/list', 2],
    ]);
    const url = `${api.server}/apis/metrics.k8s.io/v1beta1/namespaces/default/pods`;
    for (const call of made)
      expect(call).toMatchObject({ method: 'GET', url, status: 200, startedAt: made[0]!.startedAt });
  });

  it('goes by the old pods while a new one has no sample yet', { timeout: waitMs }, async () => {
    await goodCpu('busy');
    let replicas = 3;
    const { samples, pods } = await until('a ready pod before it is measured', 240, async () => {
      await plane.api.patch(`${deployments}/busy/scale`, { spec: { replicas: ++replicas } });
      await readyPods('busy', replicas);
      const reading = await read('busy', true);
      // On a busy machine metrics-server may have been quicker than this look: then with one more.
      const unmeasured = reading.pods?.filter(({ usageMilli }) => usageMilli === undefined);
      return unmeasured?.length === 1 ? reading : undefined;
    });
    expect(pods).toHaveLength(replicas);
    expect(samples[0]).toMatchObject({ state: 'ok' });
  });

  describe('that is gone', () => {
    it('leaves no number and says why, and is read again once it is back', { timeout: waitMs }, async () => {
      await goodCpu('idle');
      await plane.parts['metrics-server'].kill();
      const gone = await until('an error', 120, async () => {
        const cpu = await cpuOf('idle');
        return cpu.state === 'error' ? cpu : undefined;
      });
      expect(gone.detail).toMatch(/50[0-9]|not found|unavailable/i);
      await plane.parts['metrics-server'].start();
      expect((await goodCpu('idle')).value).toBeGreaterThan(0);
    });
  });
});
