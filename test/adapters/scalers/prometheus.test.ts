import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrometheusScalerSettings } from '#adapters/metrics/prometheus-settings';
import { prometheusScaler } from '#adapters/scalers/prometheus';
import { PortError } from '#ports';
import { needs } from '#test/components/needs';
import { type Pushed, push } from '#test/components/push';
import { type Prometheus, startPrometheus, startTimeoutMs } from '#test/components/start';
import { target } from '#test/make';

// On a busy machine a server may take its time.
describe('the scaler that only looks', () => {
  it('refuses to scale, for it serves Shadow mode only', async () => {
    const scaler = prometheusScaler({ url: 'http://127.0.0.1:9' }, { now: () => 0 });
    await expect(scaler.scale(target(), 3, 4)).rejects.toThrow(PortError);
    await expect(scaler.scale(target(), 3, 4)).rejects.toThrow(
      /default\/web from 3 to 4: .* Shadow mode only/,
    );
  });

  it('needs queries for a kind that kube-state-metrics has no names for', async () => {
    const scaler = prometheusScaler({ url: 'http://127.0.0.1:9' }, { now: () => 0 });
    const rollout = { namespace: 'default', kind: 'Rollout', name: 'web' };
    await expect(scaler.replicas(rollout)).rejects.toThrow(/replicas of a Rollout: name queries\.desired/);
  });
});

needs('prometheus')('the scaler that only looks, on a real Prometheus', () => {
  let prometheus: Prometheus;
  const at = Math.floor(Date.now() / 1000) - 600;
  beforeAll(async () => {
    prometheus = await startPrometheus();
  }, startTimeoutMs);
  afterAll(() => prometheus.stop());

  const state = (deployment: string, values: Readonly<Record<string, number>>): Promise<void> =>
    push(
      prometheus.url,
      Object.entries(values).map(
        ([name, value]): Pushed => ({
          name: `kube_deployment_${name}`,
          type: 'gauge',
          labels: { namespace: 'default', deployment },
          points: [{ atSeconds: at, value }],
        }),
      ),
    );
  const whole = {
    spec_replicas: 5,
    status_replicas_ready: 3,
    status_replicas: 5,
    status_replicas_updated: 5,
  };
  const sizeOf = (name: string, more: Partial<PrometheusScalerSettings> = {}, secondsLater = 10) =>
    prometheusScaler(
      { url: prometheus.url, timeoutSeconds: 60, ...more },
      { now: () => at + secondsLater },
    ).replicas(target(name));

  it('sees the size that kube-state-metrics tells of', async () => {
    await state('web', whole);
    expect(await sizeOf('web')).toEqual({
      desired: 5,
      ready: 3,
      starting: 2,
      lastScaledAt: undefined,
      rollout: false,
    });
  });

  it('sees a rollout while some replicas are of an older template', async () => {
    await state('rolling', { ...whole, status_replicas_updated: 4 });
    expect(await sizeOf('rolling')).toMatchObject({ rollout: true });
  });

  it('takes it for a rollout when it cannot tell', async () => {
    await state('unknown', { spec_replicas: 5, status_replicas_ready: 5 });
    expect(await sizeOf('unknown')).toMatchObject({ rollout: true });
  });

  it('takes other queries', async () => {
    const queries = { desired: 'vector(7)', ready: 'vector(6)' };
    expect(await sizeOf('any', { queries })).toMatchObject({ desired: 7, ready: 6, rollout: false });
  });

  it.each<[string, Partial<PrometheusScalerSettings>, number, RegExp]>([
    ['nobody tells it', {}, 10, /no desired replicas of default\/absent: empty: no series/],
    [
      'it is old',
      { queries: { desired: 'kube_deployment_spec_replicas{deployment="web"}', ready: 'vector(1)' } },
      100,
      /stale: .* 100\.0 s old/,
    ],
    [
      'it is a fraction',
      { queries: { desired: 'vector(1.5)', ready: 'vector(1)' } },
      10,
      /1\.5 is not a number of replicas/,
    ],
    ['nothing listens', { url: 'http://127.0.0.1:9' }, 10, /error: .*(ECONNREFUSED|bad port)/],
  ])('gives no size when %s', async (_, settings, secondsLater, message) => {
    await expect(sizeOf('absent', settings, secondsLater)).rejects.toThrow(message);
  });
});
