import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preciseNow } from '#adapters/clocks/system';
import { openStore } from '#adapters/stores/registry';
import { openTelemetry } from '#telemetry/telemetry';
import { smallLoop } from '#test/small-loop';
import { type Figure, quantile, report } from './figure.ts';

/**
 * The same seeded cycles without telemetry, with metrics, with traces, with both, in short blocks by turns: what else
 * happens on the machine meets all alike. Every cycle is traced, as it is below 50 targets. A block ends when its spans are
 * exported.
 */
const blocks = 32;
const warmUpBlocks = 6;
const blockCycles = 60;

/** A process of its own, whose CPU time is not ours; `silent`: it takes everything and never answers. */
const collector = async (silent: boolean) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'collector.ts'), `${silent}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [address] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { url: address.trim(), end: () => child.kill() };
};
const [heard, silent] = await Promise.all([collector(false), collector(true)]);
const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-bench-'));

type Cost = { readonly loop: number; readonly all: number };

const lane = async (
  name: string,
  { metrics, traces }: { readonly metrics: boolean; readonly traces: string | undefined },
) => {
  const telemetry = await openTelemetry({
    settings: {
      service: { name: 'nimbusguard', version: '0', instanceId: 'bench' },
      log: { level: 'silent' },
      metrics: { enabled: metrics, mostTargets: 2000 },
      tracing: { endpoint: traces, holdRatio: 1 },
    },
  });
  const store = await openStore(join(folder, `${name}.db`));
  const turn = await smallLoop((blocks + warmUpBlocks) * blockCycles, {
    store,
    telemetry,
    wallClock: preciseNow,
  });
  return {
    name,
    /** CPU milliseconds for each cycle of a block: of the loop's thread, and of all threads. */
    block: async (): Promise<Cost> => {
      global.gc?.();
      const [before, all] = [process.threadCpuUsage(), process.cpuUsage()];
      for (let i = 0; i < blockCycles; i++) {
        await turn();
        await new Promise(setImmediate);
      }
      await telemetry.flush(traces === silent.url ? 0 : 5);
      const each = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000 / blockCycles;
      return { loop: each(process.threadCpuUsage(before)), all: each(process.cpuUsage(all)) };
    },
    scrape: async (): Promise<number> => {
      const before = process.threadCpuUsage();
      await telemetry.metricsText();
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1000;
    },
    close: async (): Promise<void> => {
      await telemetry.close(3);
      await store.close();
    },
  };
};

const off = await lane('off', { metrics: false, traces: undefined });
const withMetrics = await lane('metrics', { metrics: true, traces: undefined });
const withTraces = await lane('traces', { metrics: false, traces: heard.url });
const withBoth = await lane('both', { metrics: true, traces: heard.url });
const cutOff = await lane('cut', { metrics: true, traces: silent.url });
const lanes = [off, withMetrics, withTraces, withBoth, cutOff];

const spent = new Map(lanes.map(({ name }) => [name, [] as Cost[]]));
for (let k = 0; k < blocks + warmUpBlocks; k++)
  for (let i = 0; i < lanes.length; i++) {
    const { name, block } = lanes[(i + k) % lanes.length]!;
    const cost = await block();
    if (k >= warmUpBlocks) spent.get(name)!.push(cost);
  }
const scrapes: number[] = [];
for (let i = 0; i < 50; i++) scrapes.push(await withBoth.scrape());

for (const { close } of lanes) await close();
heard.end();
silent.end();
rmSync(folder, { recursive: true });

type Of = keyof Cost;
const median = (name: string, of: Of): number =>
  quantile(
    spent.get(name)!.map((cost) => cost[of]),
    0.5,
  );
/** Of each block against the one without telemetry of the same turn. */
const added = (name: string, of: Of): number =>
  quantile(
    spent.get(name)!.map((cost, k) => 100 * (cost[of] / spent.get('off')![k]![of] - 1)),
    0.5,
  );
const share = (what: string, name: string, of: Of, goal?: Figure['goal']): Figure => ({
  what: `${what}, ${of === 'loop' ? "of the loop's thread" : 'of all threads'}`,
  value: added(name, of),
  unit: '%',
  ...(goal && { goal }),
  digits: 2,
  note: `${median(name, of).toFixed(3)} ms of CPU a cycle, ${median('off', of).toFixed(3)} without; ${blocks} pairs`,
});
report([
  share('a cycle with metrics takes more', 'metrics', 'loop', '< 5'),
  share('a cycle with traces takes more', 'traces', 'loop', '< 5'),
  share('a cycle with both takes more', 'both', 'loop'),
  share('a cycle with both takes more, while nobody answers the traces', 'cut', 'loop'),
  share('a cycle with both takes more', 'both', 'all'),
  {
    what: 'one scrape of the metrics of one target',
    value: quantile(scrapes, 0.5),
    unit: 'ms',
    note: 'CPU time',
  },
]);
