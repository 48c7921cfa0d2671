import { expect, test } from 'vitest';
import { svgOf } from '#report/svg';
import { spec } from '#test/make';
import { contestChart } from './contest-chart.ts';
import { type ContestResult, contestLines, contestText } from './contest-report.ts';
import { demoOptions } from './demo-options.ts';
import { resultJson } from './result-json.ts';

const seconds = 180;
const score = { replicaHours: 1.25, lateShare: 0.0123, cost: 1.5, scalings: 4, reversals: 1 };
const course = { desired: new Array(seconds).fill(3), ready: new Array(seconds).fill(3) };
const fleet = { score, ...course, late: new Array(seconds).fill(0.01) };
const result: ContestResult = {
  options: demoOptions(['--minutes', '1']),
  spec: spec(),
  knobs: { percent: 60, stabilizationSeconds: 120 },
  arrivals: new Float64Array(seconds).fill(100),
  fleets: [
    { name: 'web-nimbus', ...fleet },
    { name: 'web-nimbus-past', ...fleet },
    { name: 'web-hpa', ...fleet },
    { name: 'web-hpa-cpu', ...fleet },
  ],
  calibration: {
    phases: 15,
    sizeDifferenceRatio: 0.04,
    nearestSizeDifferenceRatio: 0.01,
    replicaHoursRatio: 0.98,
    replicaHoursRange: [0.97, 1.01],
    lateShare: 0.012,
    scalings: 4.4,
    scalingsRange: [3, 5],
    nearest: course.desired,
  },
};

test('a contest ends with a table of all who took part, and the distance of the simulator', () => {
  expect(contestText(result).slice(0, 5)).toEqual([
    'WHO                              REPLICA-HOURS  LATE %   COST  SCALINGS  REVERSALS',
    'NimbusGuard, new                         1.250    1.23  1.500         4          1',
    'NimbusGuard, with a day of past          1.250    1.23  1.500         4          1',
    'HPA on CPU and requests                  1.250    1.23  1.500         4          1',
    'HPA on CPU                               1.250    1.23  1.500         4          1',
  ]);
  expect(contestText(result)).toContain("  replica-hours 0.980 of the real one's (0.970 to 1.010),");
});

test('its picture names everybody and has no hole', async () => {
  const picture = { title: 'A contest', subtitle: ['of two'], capacityPerReplica: 50, warmUpSeconds: 120 };
  const svg = await svgOf(
    contestChart({ ...picture, arrivals: result.arrivals, lines: contestLines(result) }),
  );
  for (const part of [
    'A contest',
    'Demand',
    'NimbusGuard, new',
    'NimbusGuard, with a day of past',
    'HPA on CPU and requests',
    'simulated HPA on CPU',
  ])
    expect(svg).toContain(part);
  expect(svg).not.toMatch(/NaN|undefined/);
});

test('what is kept of it is JSON, sizes as the seconds at which they changed', () => {
  const kept = JSON.parse(resultJson(result));
  expect(kept.fleets.map(({ name }: { name: string }) => name)).toEqual([
    'web-nimbus',
    'web-nimbus-past',
    'web-hpa',
    'web-hpa-cpu',
  ]);
  expect(kept.fleets[0]).toMatchObject({ ...score, desired: [[0, 3]] });
  expect(kept.hpa).toEqual(result.knobs);
});

test.each([
  [['--minutes', 'ten'], "'--minutes <minutes>' argument 'ten' is invalid. Give a number from 1 to 1440."],
  [['--minutes', ''], "'--minutes <minutes>' argument '' is invalid. Give a number from 1 to 1440."],
  [['--from', '60'], "'--from <second>' argument '60' is invalid. Give a number from 120 to 10000000."],
  [
    ['--max-replicas', '2.5'],
    "'--max-replicas <count>' argument '2.5' is invalid. Give a whole number from 2 to 200.",
  ],
  [['--source', 'graphite'], "'graphite' is invalid. Allowed choices are prometheus, pods."],
])('%j is refused by its name', (args, message) => {
  expect(() => demoOptions(args)).toThrow(message);
});
