import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diary } from '#demo/diary';
import { paintOf, plainLine, rowsBesideChanges, type Scene, view } from '#demo/view';

const scene = (overrides: Partial<Scene> = {}): Scene => {
  const fleet = { ready: () => 4, desired: () => 5, late: () => 0 };
  const pages = diary(new Float64Array(600).fill(150), 60, { 'shadow-q': fleet, hpa: fleet });
  pages.write();
  const figures = { desired: 5, ready: 4, replicaHours: 1.25, lateShare: 0.0123, cost: 2.5, scalings: 3 };
  return {
    title: 'NimbusGuard: load, day 1',
    clock: '00:01:00',
    end: '00:10:00',
    doneRatio: 0.1,
    leftSeconds: 9,
    demand: 150,
    capacityPerReplica: 50,
    diary: pages,
    fleets: [
      { name: 'shadow-q', ...figures },
      { name: 'hpa', ...figures },
    ],
    inCharge: 'nets-shipped',
    rounds: 1,
    changes: [{ clock: '00:00:55', text: '4 → 5: demand is 150 rps; nets-shipped orders up to 4.8' }],
    changesShown: 2,
    ...overrides,
  };
};

const plain = paintOf(false);

test('the view shows clock, demand, both fleets, what they cost, who is in charge and the last change', () => {
  const text = view(scene(), 100, plain).join('\n');
  for (const part of [
    '00:01:00 of 00:10:00',
    ' 10 %, 9 s left',
    '150 requests/s',
    '5 replicas, 1 starting',
    /late requests +1\.23 % +1\.23 %/,
    /cost +2\.5 +2\.5/,
    'in charge: nets-shipped, after 1 round of learning',
    '00:00:55  4 → 5: demand is 150 rps',
  ])
    expect(text).toMatch(part);
});

test('no line is wider than the terminal, and their number stays the same', () => {
  const text = fc.string({ maxLength: 200 });
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 200 }), text, fc.boolean(), (columns, words, begun) => {
      const changes = begun ? [{ clock: '00:00:00', text: words }] : [];
      const lines = view(scene({ title: words, inCharge: words, changes }), columns, plain);
      expect(lines).toHaveLength(rowsBesideChanges + 2);
      expect(lines.filter((line) => line.length >= columns)).toEqual([]);
    }),
  );
});

test('colours come only where they are wanted', () => {
  expect(view(scene(), 100, plain).join('')).not.toContain('\u001b');
  expect(view(scene(), 100, paintOf(true)).join('')).toContain('\u001b[32m');
});

test('being late is said', () => {
  expect(view(scene({ leftSeconds: 0 }), 100, plain)[1]).toContain('later than planned');
});

test('without a terminal the same stands in one line', () => {
  expect(plainLine(scene())).toBe(
    '00:01:00 10 %: 150 requests/s; shadow-q 5 (late 1.23 %), hpa 5 (late 1.23 %); nets-shipped in charge; 00:00:55 4 → 5: demand is 150 rps; nets-shipped orders up to 4.8',
  );
});
