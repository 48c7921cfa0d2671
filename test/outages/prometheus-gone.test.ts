import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { until } from '#test/cluster/until';
import { startExporter } from '#test/components/exporter';
import { needs } from '#test/components/needs';
import { startPrometheus, startTimeoutMs } from '#test/components/start';
import { addressOf, place } from '../cli/spawned.ts';

type Row = {
  atSeconds: number;
  target: { kind: string };
  observation: { demand?: number };
  decision: { from: number; to: number };
};
const policies = [
  { policy: { name: 'shadow-q' }, spec: { intervalSeconds: 5 } },
  { policy: { name: 'q-learning' }, spec: { intervalSeconds: 1 } },
  { policy: { name: 'static', settings: { replicas: 13 } }, spec: { intervalSeconds: 1 } },
];

needs('prometheus')('a service whose Prometheus is killed and comes back', () => {
  it(
    'wishes for nothing less as long as it is gone, and decides again when it is back',
    async () => {
      const exporter = await startExporter();
      const scrape = [{ job: 'cluster', port: exporter.port }];
      const where = { namespace: 'default', deployment: 'web' };
      // 600 requests a second on 13 replicas of 50: whoever takes no data for no demand wants one replica.
      const startedAt = Date.now();
      const beat = setInterval(() => {
        exporter.set('http_requests_total', { service: 'web' }, ((Date.now() - startedAt) / 1000) * 600);
        for (const size of [
          'spec_replicas',
          'status_replicas',
          'status_replicas_ready',
          'status_replicas_updated',
        ])
          exporter.set(`kube_deployment_${size}`, where, 13);
      }, 100);
      const first = await startPrometheus({ scrape, stopWith: 'SIGKILL' });
      const port = Number(new URL(first.url).port);
      const prometheus = { url: first.url, queries: { requests: 'sum(rate(http_requests_total[5s]))' } };
      const here = place({
        targets: policies.map((given, i) => ({
          ...given,
          name: 'web',
          namespace: 'default',
          kind: i === 0 ? 'Deployment' : `Kind${i}`,
          mode: 'Shadow',
          world: {
            prometheus: {
              ...prometheus,
              replicas: {
                queries: {
                  desired: 'max(kube_deployment_spec_replicas)',
                  ready: 'max(kube_deployment_status_replicas_ready)',
                },
              },
            },
          },
        })),
        http: { port: 0 },
      });
      const service = here.start(['run', '--json']);
      const url = await addressOf(service);
      const lately = async (): Promise<readonly Row[]> => {
        const answer = await fetch(`${url}/api/v1/decisions?limit=100`);
        return ((await answer.json()) as { items: Row[] }).items;
      };
      await until('decisions', 120, async () => ((await lately()).length > 20 ? true : undefined));
      await first.stop();
      const goneAt = Date.now() / 1000;
      await sleep(18_000);
      const comesAt = Date.now() / 1000;
      const second = await startPrometheus({ scrape, port, stopWith: 'SIGKILL' });
      const backAt = Date.now() / 1000;
      // Whoever failed several times in a row looks again only after a while.
      const isBack = (row: Row): boolean => row.target.kind === 'Deployment' && row.atSeconds > backAt + 5;
      while (!(await lately()).some(isBack)) await sleep(500);
      service.child.kill('SIGTERM');
      const { code, out } = await service.ended;
      clearInterval(beat);
      await Promise.all([second.stop(), exporter.stop()]);

      const rows = JSON.parse((await here.run('history', '--json', '--limit', '1000')).out) as Row[];
      expect(code).toBe(0);
      // Sizes stand in the same Prometheus: without them there is nothing to decide on.
      expect(JSON.parse(out).abandoned).toBeGreaterThan(3);
      expect(rows.filter(({ atSeconds }) => atSeconds < goneAt).length).toBeGreaterThan(10);
      // It comes back without its past: sizes are known at once, rates only some seconds later.
      const blind = rows.filter(
        ({ atSeconds, observation: { demand } }) =>
          atSeconds >= goneAt && (atSeconds < comesAt || demand === undefined),
      );
      expect(blind.filter(({ decision: { from, to } }) => to < from)).toEqual([]);
    },
    startTimeoutMs,
  );
});
