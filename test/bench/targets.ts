import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, report } from './figure.ts';
import { startService } from './service.ts';

const count = 1000;
const settleSeconds = 45;
const measuredSeconds = 60;

/** A thousand targets, each looked at every 15 s, for a minute after they have settled. */
const measure = async (learning: boolean): Promise<readonly Figure[]> => {
  const service = await startService({
    targets: Array.from({ length: count }, (_, i) => ({
      name: `web-${i}`,
      policy: { name: 'shadow-q', settings: { learning } },
      spec: { intervalSeconds: 15, metricAgeSeconds: 15 },
      world: { simulated: { load: 'llm-chat', seed: i, scaleP95Ratio: 0.6 } },
    })),
  });
  await sleep(settleSeconds * 1000);
  const before = service.usage();
  await sleep(measuredSeconds * 1000);
  const { cpuSeconds, residentMegabytes } = service.usage();
  await service.stop();
  const how = learning ? 'learning' : 'without learning';
  return [
    {
      what: `${count} targets each 15 s, ${how}: share of a core`,
      value: (100 * (cpuSeconds - before.cpuSeconds)) / measuredSeconds,
      unit: '%',
      ...(learning ? {} : { goal: '< 25' as const }),
    },
    {
      what: `${count} targets each 15 s, ${how}: resident memory`,
      value: residentMegabytes,
      unit: 'MB',
      ...(learning ? {} : { goal: '< 450' as const }),
    },
    { what: `${count} targets, ${how}: ready`, value: service.readySeconds, unit: 's' },
  ];
};

report(await measure(false));
