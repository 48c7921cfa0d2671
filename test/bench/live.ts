import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preciseNow } from '#adapters/clocks/system';
import { openStore } from '#adapters/stores/registry';
import { openTelemetry } from '#telemetry/telemetry';
import { smallLoop } from '#test/small-loop';
import { quantile, report } from './figure.ts';

/** Whole cycles as `run` does them: the graph, a record in SQLite on disk, spans to a collector, metrics, no log lines. */
const cycles = 3000;
const warmUp = 300;
const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-bench-'));
const collector = createServer((request, response) => {
  request.resume().on('end', () => response.end());
});
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
const telemetry = await openTelemetry({
  settings: {
    service: { name: 'nimbusguard', version: '0', instanceId: 'bench' },
    log: { level: 'warn' },
    metrics: { enabled: true, mostTargets: 2000 },
    tracing: { endpoint: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`, holdRatio: 1 },
  },
});
const store = await openStore(join(folder, 'bench.db'));
const turn = await smallLoop(cycles, { store, telemetry, wallClock: preciseNow, onFault: telemetry.fault });
const times: number[] = [];
let before = process.threadCpuUsage();
for (let i = 0; i < cycles; i++) {
  if (i === warmUp) before = process.threadCpuUsage();
  const startedAt = performance.now();
  await turn();
  times.push(performance.now() - startedAt);
  await new Promise(setImmediate);
}
const { user, system } = process.threadCpuUsage(before);
const measured = times.slice(warmUp);
await store.close();
await telemetry.close(3);
collector.close();
collector.closeAllConnections();
rmSync(folder, { recursive: true });
report([
  {
    what: 'one live cycle of shadow-q, learning, p50',
    value: quantile(measured, 0.5),
    unit: 'ms',
    goal: '< 5',
  },
  {
    what: 'one live cycle of shadow-q, learning, p99',
    value: quantile(measured, 0.99),
    unit: 'ms',
    goal: '< 25',
  },
  { what: 'one live cycle of shadow-q, learning, longest', value: Math.max(...measured), unit: 'ms' },
  {
    what: 'one live cycle of shadow-q, learning, of the core',
    value: (user + system) / 1000 / measured.length,
    unit: 'ms',
    note: 'mean CPU time of the thread',
  },
  { what: 'the first cycle of a process', value: times[0]!, unit: 'ms' },
]);
