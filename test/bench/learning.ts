import { readFileSync } from 'node:fs';
import { judge } from '#experiments/judge';
import { judgeDefaults } from '#experiments/judge-settings';
import { parseLoad } from '#simulator/load';
import { type Figure, report } from './figure.ts';

/** What it costs to be taught seldom, or from little, where many share a core and a memory: in parts of the clairvoyant's cost. */
const loads = ['noisy-hour', 'cron-pulses', 'noisy-diurnal'] as const;
const schedules = [
  { how: 'rounds on schedule', settings: {} },
  { how: 'a round each 2 h', settings: { leastRoundSeconds: 7200 } },
  { how: 'a past of 12 h', settings: { pastSeconds: 12 * 3600 } },
  { how: 'no rounds', settings: { learning: false } },
] as const;

const contestants = schedules.map(({ settings }) => ({ name: 'shadow-q', settings }));
const figures = loads.flatMap((name): readonly Figure[] => {
  const file = new URL(`../../experiments/loads/${name}.csv`, import.meta.url);
  const load = parseLoad(name, readFileSync(file, 'utf8'));
  const { policies } = judge(load, contestants, { ...judgeDefaults, scaleP95: 0.6 });
  return schedules.map(({ how }, i) => ({
    what: `cost of ${name}, ${how}`,
    value: policies[i]!.ratio,
    unit: '× limit',
    digits: 4,
  }));
});
report(figures);
