import { setTimeout as sleep } from 'node:timers/promises';
import { report } from './figure.ts';
import { startService } from './service.ts';

const ready: number[] = [];
for (let run = 0; run < 5; run++) {
  const service = await startService({});
  ready.push(service.readySeconds);
  await service.stop();
}
// Five hours of one target in a minute: rounds of learning and all.
const service = await startService({
  targets: [{ world: { simulated: { speed: 300, scaleP95Ratio: 0.6 } } }],
});
await sleep(60_000);
const { residentMegabytes } = service.usage();
await service.stop();
report([
  { what: 'process ready, best of 5', value: Math.min(...ready), unit: 's', goal: '< 2' },
  { what: 'process ready, longest', value: Math.max(...ready), unit: 's' },
  {
    what: 'resident memory, one target, learning, after 5 h',
    value: residentMegabytes,
    unit: 'MB',
    goal: '< 300',
  },
]);
