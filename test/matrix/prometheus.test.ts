import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Operator } from '#test/cluster/operator';
import { cpuFromMetricsServer } from '#test/cluster/scaling-policy';
import { until } from '#test/cluster/until';
import { startExporter } from '#test/components/exporter';
import { needs } from '#test/components/needs';
import { startPrometheus, startTimeoutMs } from '#test/components/start';
import { byDemand, keptIn, type OperatorLab, openOperatorLab, requests } from '../operator/operator-lab.ts';
import { figure } from './cell-table.ts';
import { type Disturbance, type FaultProxy, faultProxy } from './fault-proxy.ts';
import { inForm, soon } from './form.ts';
import { judgeSettled } from './judge-settled.ts';
import { tableAfterAll } from './table-after-all.ts';

vi.setConfig({ maxConcurrency: 12 });

const perSecond = 220;
/** Three intervals and more: what is done from the third miss on must be seen, too. */
const brokenSeconds = inForm({ full: 60, short: 22 });

type Cell = {
  readonly title: string;
  readonly name: string;
  /** What each pod uses of the 500 milli-CPU that it requests, where CPU is read. */
  readonly cpu?: string;
  /** Of its own, between the operator and Prometheus. */
  readonly disturbance?: Disturbance;
  readonly breaks?: () => unknown;
  readonly mends?: () => unknown;
  readonly reason: 'MissingMetric' | 'StaleMetric' | 'PartialMetrics';
  readonly words: RegExp;
};

/**
 * Demand stays as it is, what tells of it breaks. A value that is wrong and looks right, such as a tenth of the true one
 * for one scrape, nobody can tell from a load that fell: `behavior.scaleDown` is what there is against that.
 */
needs('kubernetes', 'prometheus')('the operator, whatever Prometheus says', () => {
  let lab: OperatorLab;
  let operator: Operator;
  let mortal: Awaited<ReturnType<typeof startPrometheus>>;
  let page: Awaited<ReturnType<typeof startExporter>>;
  const proxies = new Map<string, FaultProxy>();
  /** Of a workload whose samples carry the time at which they were taken. */
  let beat: NodeJS.Timeout;

  const where = (name: string) => ({ namespace: 'default', deployment: name });
  const set = (name: string, value: number, atSeconds?: number): void =>
    lab.exporter.set('requests_per_second', where(name), value, atSeconds);

  const cells: readonly Cell[] = [
    {
      title: 'is killed',
      name: 'killed',
      breaks: () => mortal.stop(),
      mends: async () => {
        const port = Number(new URL(mortal.url).port);
        mortal = await startPrometheus({ ...lab.scraping, port, stopWith: 'SIGKILL' });
      },
      reason: 'MissingMetric',
      words: /ECONNREFUSED/,
    },
    {
      title: 'refuses connections',
      name: 'refused',
      disturbance: { kind: 'refuse' },
      reason: 'MissingMetric',
      words: /cannot ask/,
    },
    {
      title: 'refuses connections, and CPU is high',
      name: 'busy',
      cpu: '450m',
      disturbance: { kind: 'refuse' },
      reason: 'MissingMetric',
      words: /cannot ask/,
    },
    {
      title: 'answers 503',
      name: 'overloaded',
      disturbance: { kind: 'answer', status: 503, body: 'too many queries' },
      reason: 'MissingMetric',
      words: /HTTP 503 too many queries/,
    },
    {
      title: 'answers half a JSON',
      name: 'garbage',
      disturbance: { kind: 'answer', status: 200, body: '{"status":"succ' },
      reason: 'MissingMetric',
      words: /not JSON/,
    },
    {
      title: 'has lost the series',
      name: 'vanished',
      breaks: () => lab.exporter.remove('requests_per_second', where('vanished')),
      mends: () => set('vanished', perSecond),
      reason: 'MissingMetric',
      words: /is empty \(no series has/,
    },
    {
      title: 'is answered 500 by the page that it scrapes',
      name: 'unscraped',
      breaks: () => page.answerWith(500),
      mends: () => page.answerWith(200),
      reason: 'MissingMetric',
      words: /is empty/,
    },
    {
      title: 'has only samples that grow old',
      name: 'frozen',
      breaks: () => clearInterval(beat),
      mends: () => set('frozen', perSecond),
      reason: 'StaleMetric',
      words: /requests from prometheus is stale/,
    },
    {
      title: 'says NaN',
      name: 'nan',
      breaks: () => set('nan', Number.NaN),
      mends: () => set('nan', perSecond),
      reason: 'MissingMetric',
      words: /the value is NaN/,
    },
    {
      title: 'says less than nothing',
      name: 'negative',
      breaks: () => set('negative', -perSecond),
      mends: () => set('negative', perSecond),
      reason: 'MissingMetric',
      words: /is less than zero/,
    },
    {
      title: 'has two series for one workload',
      name: 'twice',
      breaks: () => lab.exporter.set('requests_per_second', { ...where('twice'), shard: 'b' }, perSecond / 2),
      mends: () => lab.exporter.remove('requests_per_second', { ...where('twice'), shard: 'b' }),
      reason: 'MissingMetric',
      words: /2 series for this target/,
    },
  ];

  beforeAll(async () => {
    page = await startExporter();
    lab = await openOperatorLab();
    lab.onClose(page.stop);
    mortal = await startPrometheus({ ...lab.scraping, stopWith: 'SIGKILL' });
    lab.onClose(() => mortal.stop());
    const second = await startPrometheus({ scrape: [{ job: 'second', port: page.port }] });
    lab.onClose(second.stop);
    page.set('requests_per_second', where('unscraped'), perSecond);
    for (const { name, disturbance } of cells)
      if (disturbance !== undefined) {
        const proxy = await faultProxy(lab.prometheus.url);
        proxies.set(name, proxy);
        lab.onClose(proxy.close);
      }
    const throughProxies = Object.fromEntries([...proxies].map(([name, { url }]) => [name, url]));
    const servers = { killed: mortal.url, unscraped: second.url, ...throughProxies };
    operator = await lab.start({ servers });
    beat = setInterval(() => set('frozen', perSecond, Date.now() / 1000), 500);
    lab.onClose(async () => clearInterval(beat));
    for (const { name, cpu } of cells) {
      await lab.workload(name, 8, perSecond, cpu);
      const server = Object.hasOwn(servers, name) ? name : 'default';
      const metrics = [requests(server), ...(cpu === undefined ? [] : [cpuFromMetricsServer])];
      await lab.policy(name, { ...byDemand, metrics });
    }
  }, startTimeoutMs);
  tableAfterAll();
  afterAll(async () => {
    await lab?.close();
  });

  describe.concurrent('it lowers nothing, says so, and goes on by itself when Prometheus', () => {
    it.each(cells)('$title', async ({ title, name, cpu, disturbance, breaks, mends, reason, words }) => {
      await lab.conditionIs(name, 'MetricsAvailable', 'True', 'ValidMetricFound');
      await sleep(10_000);
      const before = lab.sizes.size(name) ?? 0;
      const startedAt = Date.now() / 1000;
      if (disturbance !== undefined) proxies.get(name)?.disturb({ disturbance });
      await breaks?.();
      const { message } = await lab.conditionIs(name, 'MetricsAvailable', 'False', reason);
      expect(message).toMatch(words);
      if (cpu !== undefined) {
        await lab.conditionIs(name, 'Fallback', 'True', 'FallbackRaised');
        await until('a larger size', 60, async () => ((await lab.size(name)) > before ? true : undefined));
      }
      await sleep(brokenSeconds * 1000);

      const mendedAt = Date.now() / 1000;
      if (cpu === undefined) expect(await lab.size(name)).toBe(before);
      proxies.get(name)?.lift();
      await mends?.();
      await lab.conditionIs(name, 'MetricsAvailable', 'True', 'ValidMetricFound');
      await lab.sizeIs(name, before);
      const judged = await judgeSettled(async () => ({
        records: (await keptIn(operator.store)).filter(({ target }) => target.name === name),
        changes: lab.sizes.changes.filter((change) => change.name === name),
        // What the HPA's rule had raised is taken back once demand is known again.
        hadFallen: (_, atSeconds) => cpu !== undefined && atSeconds > mendedAt,
      }));
      figure({
        title: `Prometheus ${title}`,
        seconds: Date.now() / 1000 - startedAt,
        said: reason,
        ...judged,
      });
      expect(judged).toMatchObject({ wrongDowns: [], doubleWrites: [], lostRecords: [] });
      // No cycle was given up: a metric that is missing is an observation.
      expect(judged.longestGapSeconds).toBeLessThan(soon(20));
    });
  });
});
