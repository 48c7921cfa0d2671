import { quantile, report } from './figure.ts';
import { startService } from './service.ts';

const requests = 2000;
const atOnce = 8;

const service = await startService({
  targets: [{ world: { simulated: { speed: 600, scaleP95Ratio: 0.6 } } }],
});
await new Promise((resolve) => setTimeout(resolve, 5000));
const figures = [];
for (const path of ['/healthz', '/metrics', '/api/v1/targets', '/api/v1/decisions?limit=50']) {
  const times: number[] = [];
  const client = async (): Promise<void> => {
    while (times.length < requests) {
      const startedAt = performance.now();
      const answer = await fetch(service.url + path);
      await answer.arrayBuffer();
      times.push(performance.now() - startedAt);
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: atOnce }, client));
  const perSecond = times.length / ((performance.now() - startedAt) / 1000);
  figures.push({
    what: `GET ${path}, ${atOnce} at once`,
    value: perSecond,
    unit: '/s',
    note: `p50 ${quantile(times, 0.5).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`,
  });
}
await service.stop();
report(figures);
