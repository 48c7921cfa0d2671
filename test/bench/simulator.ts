import { inlineCycles } from '#experiments/inline-cycles';
import { judgeDefaults, specOf } from '#experiments/judge';
import { policies } from '#policies/registry';
import { arrivalsOf } from '#simulator/arrivals';
import { simulatedWorld } from '#simulator/world';
import { fold } from '#workflows/fold';
import { readLoad } from '../../src/cli/load-file.ts';
import { coreSeconds, type Figure, quantile, report } from './figure.ts';

// As the threads that judge.
inlineCycles();

const daySeconds = 86_400;
const judge = { ...judgeDefaults, scaleP95: 0.6 };
const p95PerSecond = judge.scaleP95 * judge.maxReplicas * judge.capacity;
const all = arrivalsOf(readLoad('diurnal-web'), { draw: judge.draw, seed: judge.seed, p95PerSecond });

const course = (name: string, days: number, settings: Readonly<Record<string, unknown>>): number => {
  const entry = policies[name]!;
  const spec = specOf(judge, entry);
  const arrivals = all.subarray(0, days * daySeconds);
  const world = simulatedWorld({ arrivals, spec });
  const policy = entry.make({ spec, seed: 1, settings });
  const run = fold({ world, policy, spec, seed: 1, target: name, view: entry.sees, learns: entry.learns });
  return coreSeconds(() => run(0, arrivals.length));
};

/** Best and median of several runs in one process, in millions of simulated seconds a second of one core. */
const speed = (
  what: string,
  name: string,
  days: number,
  runs: number,
  settings: Readonly<Record<string, unknown>>,
  goal?: Figure['goal'],
): readonly Figure[] => {
  const speeds = Array.from({ length: runs }, () => (days * daySeconds) / 1e6 / course(name, days, settings));
  const best = { what: `${what}, best of ${runs}`, value: Math.max(...speeds), unit: 'M s/s' };
  return [
    goal === undefined ? best : { ...best, goal },
    { what: `${what}, median`, value: quantile(speeds, 0.5), unit: 'M s/s' },
  ];
};

const figures = [
  ...speed('simulator with the HPA', 'hpa', 16, 9, {}, '≥ 40'),
  ...speed('simulator with a fixed size', 'static', 16, 5, { replicas: 30 }),
  ...speed('simulator with shadow-q, without learning', 'shadow-q', 4, 5, { learning: false }, '≥ 0.5'),
];
const days = Array.from({ length: 2 }, () => course('shadow-q', 1, {}));
report([
  ...figures,
  { what: 'a simulated day of shadow-q with learning', value: Math.min(...days), unit: 's', goal: '< 15' },
]);
