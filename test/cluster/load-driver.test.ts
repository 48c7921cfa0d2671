import { afterAll, beforeAll, expect, it } from 'vitest';
import { needs } from '#test/components/needs';
import { startTimeoutMs } from '#test/components/start';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { requestsFrom, serveExternalMetrics } from './external-metrics.ts';
import { firstScaling, raisedTo } from './first-scaling.ts';
import { type LoadDriver, startLoadDriver } from './load-driver.ts';
import { autoscaler, deployment } from './objects.ts';
import { type LabPrometheus, startLabPrometheus } from './prometheus.ts';
import { hpas } from './scaled.ts';
import { until } from './until.ts';

const waitMs = 290_000;
const deployments = '/apis/apps/v1/namespaces/default/deployments';
const seconds = 3600;
const served = { capacityPerReplica: 50, sloSeconds: 0.25 };
const steady = (perSecond: number): Float64Array => new Float64Array(seconds).fill(perSecond);

needs(
  'kubernetes',
  'prometheus',
  'pod-addresses',
)('a load that is played on pods', () => {
  let plane: ControlPlane;
  let prometheus: LabPrometheus;
  let driver: LoadDriver;
  let external: { stop(): Promise<void> };
  const rates = async (promql: string): Promise<Readonly<Record<string, number>>> =>
    Object.fromEntries(
      (await prometheus.query(promql)).map(({ labels, value }) => [labels.deployment, value]),
    );

  beforeAll(async () => {
    plane = await startControlPlane({ metricsEverySeconds: 10 });
    for (const [name, replicas] of [
      ['web', 4],
      ['shop', 2],
      ['crowded', 1],
    ] as const)
      await plane.api.create(deployments, deployment({ name, replicas, startUpSeconds: 1 }));
    prometheus = await startLabPrometheus({ scrapeSeconds: 2, pods: { kubeconfig: plane.kubeconfig } });
    external = await serveExternalMetrics(plane, requestsFrom(prometheus, 30));
    driver = await startLoadDriver(
      plane.api,
      [
        { name: 'web', arrivals: steady(120.4), ...served },
        { name: 'shop', arrivals: steady(30), ...served },
        { name: 'crowded', arrivals: steady(90), ...served },
      ],
      { seed: 1 },
    );
  }, startTimeoutMs);
  afterAll(async () => {
    await driver?.stop();
    await external?.stop();
    await prometheus?.stop();
    await plane?.stop();
  });

  it('is seen by Prometheus, within a twentieth, by the Deployments that it was played on', {
    timeout: waitMs,
  }, async () => {
    const played = { web: 120.4, shop: 30 };
    await until('the rates that were played', 180, async () => {
      const seen = await rates('sum by (namespace, deployment) (rate(http_requests_total[10s]))');
      const near = Object.entries(played).every(
        ([name, rate]) => Math.abs((seen[name] ?? 0) / rate - 1) < 0.05,
      );
      if (!near) throw new Error(JSON.stringify(seen));
      return true;
    });
  });

  it('is late in the histogram as often as by the simulator’s law', { timeout: waitMs }, async () => {
    // rho = 120.4 / 200; exp(−0.25 · (1 − rho) · 50) = 0.0069
    const law = Math.exp(-0.25 * (1 - 120.4 / 200) * 50);
    const late = (app: string): string =>
      `1 - rate(http_request_duration_seconds_bucket{deployment="${app}",le="0.25"}[10s]) / on (pod) rate(http_request_duration_seconds_count[10s])`;
    await until('the late share of the law', 60, async () => {
      const [share] = await prometheus.query(`avg(${late('web')})`);
      if (share === undefined || Math.abs(share.value - law) > 0.0005) throw new Error(`${share?.value}`);
      return true;
    });
    const { late: felt, second } = driver.fleet('web');
    expect(felt(second() - 1, second()) / 120.4).toBeCloseTo(law, 6);
    // 90 requests a second on one replica of 50: everybody waits.
    const crowded = await until('the late share of crowded', 60, async () =>
      (await prometheus.query(`avg(${late('crowded')})`)).at(0),
    );
    expect(crowded.value).toBe(1);
  });

  it('falls on new pods as soon as they are ready, and no more on those that are gone', {
    timeout: waitMs,
  }, async () => {
    const { pods } = driver.fleet('shop');
    const before = new Map([...pods].map(([name, { since }]) => [name, since]));
    await plane.api.patch(`${deployments}/shop/scale`, { spec: { replicas: 5 } });
    await until('five pods of shop that count', 60, async () =>
      pods.size === 5 && [...pods.values()].every(({ requests }) => requests > 0) ? true : undefined,
    );
    await until('five pods of shop in Prometheus', 60, async () =>
      (await rates('count by (deployment) (rate(http_requests_total[10s]) > 0)')).shop === 5
        ? true
        : undefined,
    );
    const newest = Math.max(...before.values());
    for (const [name, { since }] of pods)
      if (before.has(name)) expect(since).toBe(before.get(name));
      else expect(since).toBeGreaterThan(newest);
    await plane.api.patch(`${deployments}/shop/scale`, { spec: { replicas: 1 } });
    await until('one pod of shop', 60, async () => (pods.size === 1 ? true : undefined));
  });

  it('is what the real HPA scales on, be it CPU or requests per second from the external metrics API', {
    timeout: waitMs,
  }, async () => {
    const bounds = { minReplicas: 1, maxReplicas: 10 };
    await plane.api.create(hpas, autoscaler({ target: 'crowded', requestsPerReplica: 36, ...bounds }));
    await plane.api.create(hpas, autoscaler({ target: 'web', percent: 40, ...bounds }));
    const scaled = firstScaling(plane.api, 'web', { from: 4, withinSeconds: 240 });
    scaled.catch(() => undefined);
    const size = (name: string): number => driver.fleet(name).desired.at(-1)!;
    // ceil(90 / 36) = 3, and as many for any rate from 73 to 108: a busy machine plays and scrapes by fits and starts.
    expect(
      await until('more than one replica of crowded', 90, async () =>
        size('crowded') > 1 ? size('crowded') : undefined,
      ),
    ).toBe(3);
    // 120.4 / 200 = 60 % of 4, for 40 %: ceil(4 · 60 / 40) = 6
    const { to, percent } = await scaled;
    expect(to).toBe(raisedTo(4, percent, 40));
    await until('as many replicas of web', 60, async () => (size('web') >= to ? true : undefined));
    await until('some second in which nobody of crowded is late', 60, async () => {
      const { late, second } = driver.fleet('crowded');
      return late(second() - 1, second()) < 1 ? true : undefined;
    });
  });
});
