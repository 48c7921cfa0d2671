import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#adapters/clocks/system';
import { openStore } from '#adapters/stores/registry';
import { spec } from '#test/make';
import { type Figure, report } from './figure.ts';
import { startService } from './service.ts';
import { keepTaught } from './taught.ts';

const count = 1000;
const settleSeconds = 45;
const measuredSeconds = 60;
const pastSeconds = 2 * 3600;
const cpuShare = 0.1;
const asked = { intervalSeconds: 15, metricAgeSeconds: 15, sloSeconds: 0.25, switchPrice: 0.003 };

// A simulated world keeps 24 bytes for each second of its load, which a real one does not: it is as short as will do.
const folder = mkdtempSync(join(tmpdir(), 'nimbusguard-bench-'));
const load = join(folder, 'load.csv');
const wave = (t: number): number => 300 + 200 * Math.sin(t / 60);
const rows = Array.from({ length: 600 }, (_, t) => `${t},${wave(t).toFixed(1)}`);
writeFileSync(load, `seconds,rps\n${rows.join('\n')}\n`);

/** Of a histogram, between two scrapes; in between two bounds as on a straight line. */
const quantileOf = (before: string, after: string, name: string, q: number): number => {
  const read = (text: string): readonly (readonly [number, number])[] =>
    [...text.matchAll(new RegExp(`^nimbusguard_${name}_bucket\\{le="([^"]+)"\\} (\\d+)`, 'gm'))].map(
      ([, bound, n]) => [bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound), Number(n)],
    );
  const first = read(before);
  const counts = read(after).map(([bound, n], i) => [bound, n - first[i]![1]] as const);
  const wanted = q * counts.at(-1)![1];
  const at = counts.findIndex(([, n]) => n >= wanted);
  const [from, below] = counts[at - 1] ?? [0, 0];
  const [to, until] = counts[at]!;
  return from + ((to - from) * (wanted - below)) / Math.max(1, until - below);
};

const counterOf = (text: string, name: string): number =>
  Number(new RegExp(`^nimbusguard_${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);

/** A thousand targets, each looked at every 15 s, for a minute after they have settled. */
const measure = async (learning: boolean): Promise<readonly Figure[]> => {
  const store = join(folder, `${learning}.db`);
  if (learning) {
    const kept = await openStore(store);
    const past = Float32Array.from({ length: pastSeconds }, (_, t) => Math.round(wave(t)));
    await keepTaught(kept, count, spec(asked), past, Math.floor(systemClock().now()));
    await kept.close();
  }
  const service = await startService({
    store,
    learning: { cpuShare },
    targets: Array.from({ length: count }, (_, i) => ({
      name: `web-${i}`,
      policy: { name: 'shadow-q', settings: { learning } },
      spec: asked,
      world: { simulated: { load, seed: i, scaleP95Ratio: 0.6 } },
    })),
  });
  const scrape = async (): Promise<string> => (await fetch(`${service.url}/metrics`)).text();
  await sleep(settleSeconds * 1000);
  const [before, textBefore] = [service.usage(), await scrape()];
  await sleep(measuredSeconds * 1000);
  const [{ cpuSeconds, residentMegabytes }, text] = [service.usage(), await scrape()];
  await service.stop();
  const how = learning ? `learning at ${cpuShare} of a core` : 'without learning';
  const spent = (name: string): number => counterOf(text, name) - counterOf(textBefore, name);
  const rounds = spent('rounds_learnt_total');
  return [
    {
      what: `${count} targets each 15 s, ${how}: share of a core`,
      value: (100 * (cpuSeconds - before.cpuSeconds)) / measuredSeconds,
      unit: '%',
      goal: learning ? '< 35' : '< 25',
    },
    {
      what: `${count} targets each 15 s, ${how}: resident memory`,
      value: residentMegabytes,
      unit: 'MB',
      ...(learning ? { note: `${pastSeconds / 3600} h of past in memory` } : { goal: '< 450' as const }),
    },
    {
      what: `${count} targets, ${how}: cycle p99`,
      value: 1000 * quantileOf(textBefore, text, 'decision_duration_seconds', 0.99),
      unit: 'ms',
    },
    { what: `${count} targets, ${how}: ready`, value: service.readySeconds, unit: 's' },
    ...(learning
      ? [
          {
            what: `${count} targets, ${how}: the learning thread`,
            value: (100 * spent('learning_cpu_seconds_total')) / measuredSeconds,
            unit: '% of a core',
          },
          {
            what: `${count} targets, ${how}: rounds`,
            value: (rounds * 3600) / measuredSeconds / count,
            unit: 'a target and hour',
            note: 'two are due',
          },
          {
            what: `${count} targets, ${how}: rounds that this allows`,
            value: (cpuShare * 3600 * rounds) / spent('learning_cpu_seconds_total') / count,
            unit: 'a target and hour',
          },
        ]
      : []),
  ];
};

report([...(await measure(false)), ...(await measure(true))]);
rmSync(folder, { recursive: true });
