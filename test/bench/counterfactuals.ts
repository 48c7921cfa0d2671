import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '#adapters/stores/registry';
import { keptCounterfactuals } from '#cli/counterfactuals';
import { simulatedRecords } from '#test/workflows/simulated-records';
import { keptRecords } from '#workflows/kept-records';
import { type Figure, quantile, report } from './figure.ts';

const warmUps = 200;
const asked = 1000;

/** Gates, others, and both of one decision, on a file with an hour of decisions. */
const ofPolicy = async (policy: string): Promise<readonly Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-bench-'));
  const store = await openStore(`sqlite:${folder}/kept.db`);
  await simulatedRecords(policy, { seconds: 3600, store });
  const records = await keptRecords(store, { cluster: 'home' });
  const { gates, others } = keptCounterfactuals({
    store,
    settingsOf: () => undefined,
    signal: new AbortController().signal,
    onFault: (_, error) => {
      throw error;
    },
  });
  const times: number[] = [];
  for (let i = 0; i < warmUps + asked; i++) {
    const record = records[(i * 37) % records.length]!;
    const begun = performance.now();
    await gates(record);
    await others(record);
    if (i >= warmUps) times.push(performance.now() - begun);
  }
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  return [
    {
      what: `gates and counterfactuals of one decision of ${policy}, p99`,
      value: quantile(times, 0.99),
      unit: 'ms',
      goal: '< 20',
      note: `p50 ${quantile(times, 0.5).toFixed(1)} ms, ${asked} decisions`,
    },
  ];
};

const figures: Figure[] = [];
for (const policy of ['shadow-q', 'hpa', 'keda']) figures.push(...(await ofPolicy(policy)));
report(figures);
