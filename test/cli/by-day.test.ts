import { expect, it } from 'vitest';
import { dayFacts, daysOf, dayTable } from '#cli/compare/by-day';
import type { Regret } from '#core/regret';
import { startAt, target } from '#test/make';

const hour = 3600;
const stretch = { cluster: 'home', target: target() };

it('counts days by UTC, the first and the last as much of them as is asked for', () => {
  const [from, to] = [startAt + 20 * hour, startAt + 50 * hour];
  expect(daysOf({ ...stretch, fromSeconds: from, toSeconds: to })).toEqual([
    { from, to: startAt + 24 * hour },
    { from: startAt + 24 * hour, to: startAt + 48 * hour },
    { from: startAt + 48 * hour, to },
  ]);
});

const regret = (done: number, hpa: number): Regret => {
  const rest = { settings: {}, replicaHours: 1, lateShare: 0, scalings: 1 };
  return {
    fromSeconds: startAt,
    toSeconds: startAt + 12 * hour,
    heldSeconds: 0,
    paid: Object.entries({ done, wanted: 9, hpa, 'hpa-tuned': 8, keda: 11 }).map(([name, cost]) => ({
      name,
      cost,
      ...rest,
    })),
  };
};

it('adds up the days that can be judged, and says why the others are not', () => {
  const days = [
    { day: '2026-01-05', regret: regret(10, 12) },
    { day: '2026-01-06', why: 'too little' },
    { day: '2026-01-07', regret: regret(7, 6) },
  ];
  const lines = dayTable(days).map((line) => line.split(/ {2,}/));
  expect(lines[0]).toEqual([
    'DAY',
    'HOURS',
    'DONE',
    'WANTED',
    'HPA',
    'HPA-TUNED',
    'KEDA',
    '- hpa',
    '- hpa-tuned',
    '- keda',
  ]);
  expect(lines[1]).toEqual([
    '2026-01-05',
    '12.00',
    '10.00',
    '9.00',
    '12.00',
    '8.00',
    '11.00',
    '-2.00',
    '2.00',
    '-1.00',
  ]);
  expect(lines[3]).toEqual([
    'all',
    '24.00',
    '17.00',
    '18.00',
    '18.00',
    '16.00',
    '22.00',
    '-1.00',
    '1.00',
    '-5.00',
  ]);
  expect(lines.at(-1)).toEqual(['2026-01-06 is left out: too little']);
  expect(dayFacts(days)[0]).toMatchObject({
    day: '2026-01-05',
    regret: { hpa: -2, 'hpa-tuned': 2, keda: -1 },
  });
});
