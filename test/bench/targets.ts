import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, report } from './figure.ts';
import { startService } from './service.ts';

const count = 1000;
const settleSeconds = 45;
const measuredSeconds = 60;

// A simulated world keeps 24 bytes for each second of its load, which a real one does not: it is as short as will do.
const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-bench-'));
const load = join(folder, 'load.csv');
const rows = Array.from({ length: 600 }, (_, t) => `${t},${(300 + 200 * Math.sin(t / 60)).toFixed(1)}`);
writeFileSync(load, `seconds,rps\n${rows.join('\n')}\n`);

/** A thousand targets, each looked at every 15 s, for a minute after they have settled. */
const measure = async (): Promise<readonly Figure[]> => {
  const service = await startService({
    targets: Array.from({ length: count }, (_, i) => ({
      name: `web-${i}`,
      policy: { name: 'shadow-q', settings: { learning: false } },
      spec: { intervalSeconds: 15, metricAgeSeconds: 15 },
      world: { simulated: { load, seed: i, scaleP95Ratio: 0.6 } },
    })),
  });
  await sleep(settleSeconds * 1000);
  const before = service.usage();
  await sleep(measuredSeconds * 1000);
  const { cpuSeconds, residentMegabytes } = service.usage();
  await service.stop();
  return [
    {
      what: `${count} targets each 15 s, without learning: share of a core`,
      value: (100 * (cpuSeconds - before.cpuSeconds)) / measuredSeconds,
      unit: '%',
      goal: '< 25',
    },
    {
      what: `${count} targets each 15 s, without learning: resident memory`,
      value: residentMegabytes,
      unit: 'MB',
      goal: '< 450',
    },
    { what: `${count} targets, without learning: ready`, value: service.readySeconds, unit: 's' },
  ];
};

report(await measure());
rmSync(folder, { recursive: true });
