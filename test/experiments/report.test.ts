import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withBestSingles } from '#experiments/report/best-single';
import { bucketsUntilAhead, curves } from '#experiments/report/curves';
import { equalSlo, frontier, hoursAt } from '#experiments/report/equal-slo';
import { rankingSection } from '#experiments/report/ranking-section';
import type { Row } from '#experiments/report/rows';
import { duel, standings } from '#experiments/report/standing';

const row = (contestant: string, load: string, cost: number, more: Partial<Row> = {}): Row => ({
  key: `${contestant} ${load}`,
  condition: 'as set',
  draw: 'lines',
  load,
  seed: 1,
  contestant,
  family: contestant.split(' ')[0]!,
  swept: contestant.includes(' '),
  settings: {},
  hours: 10,
  clairvoyantCost: 100,
  cost,
  ratio: cost / 100,
  replicaHours: cost,
  lateShare: 0.01,
  violationMinutes: 0,
  scalings: 50,
  reversals: 10,
  ...more,
});

const point = fc.record({
  lateShare: fc.double({ min: 0, max: 1, noNaN: true }),
  replicaHours: fc.double({ min: 1, max: 100, noNaN: true }),
});

describe('the frontier of a peer', () => {
  it('holds those settings that no other beats in both', () => {
    const points = [
      { lateShare: 0.02, replicaHours: 50 },
      { lateShare: 0.01, replicaHours: 60 },
      { lateShare: 0.015, replicaHours: 65 },
    ];
    expect(frontier(points)).toEqual([points[1], points[0]]);
  });

  it('is a straight line between two settings, as running each for a part of the time would give', () => {
    // half-way between .01 and .02: (60 + 50) / 2
    const line = [
      { lateShare: 0.01, replicaHours: 60 },
      { lateShare: 0.02, replicaHours: 50 },
    ];
    expect(hoursAt(line, 0.015)).toBeCloseTo(55, 9);
  });

  it('counts no saving where no setting has so few late requests', () => {
    expect(hoursAt([{ lateShare: 0.01, replicaHours: 60 }], 0.005)).toBeUndefined();
  });

  it('never asks for fewer hours when fewer may be late', () => {
    fc.assert(
      fc.property(
        fc.array(point, { minLength: 1 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (points, late) => {
          const strict = hoursAt(points, late / 2) ?? Number.POSITIVE_INFINITY;
          expect(strict).toBeGreaterThanOrEqual((hoursAt(points, late) ?? Number.POSITIVE_INFINITY) - 1e-9);
        },
      ),
    );
  });

  it('is held to the subject on the same run alone', () => {
    const rows = [row('ours', 'a', 50), row('hpa target=.8', 'a', 60), row('hpa target=.8', 'b', 20)];
    expect(equalSlo(rows, 'ours').map(({ peer, peerHours }) => [peer, peerHours])).toEqual([['hpa', 60]]);
  });
});

describe('the best single setting', () => {
  it('is the one of a sweep that is best over all loads, and bears its values', () => {
    const rows = [
      row('hpa target=.5', 'a', 110),
      row('hpa target=.5', 'b', 130),
      row('hpa target=.8', 'a', 100),
      row('hpa target=.8', 'b', 200),
    ];
    expect(withBestSingles(rows).map(({ contestant, load }) => [contestant, load])).toEqual([
      ['hpa target=.5', 'a'],
      ['hpa target=.5', 'b'],
    ]);
  });

  it('is not one that was not run on all loads', () => {
    const rows = [
      row('hpa target=.5', 'a', 110),
      row('hpa target=.5', 'b', 130),
      row('hpa target=.8', 'a', 90),
    ];
    expect(new Set(withBestSingles(rows).map(({ contestant }) => contestant))).toEqual(
      new Set(['hpa target=.5']),
    );
  });
});

describe('a duel', () => {
  it('pairs runs, and names the load that is worst', () => {
    const rows = [row('ours', 'a', 100), row('hpa', 'a', 125), row('ours', 'b', 110), row('hpa', 'b', 88)];
    // .8 · 1.25 = 1
    const met = duel(rows, 'ours', 'hpa')!;
    expect([met.geometricMean.toFixed(9), met.wins, met.runs, met.worstLoad]).toEqual([
      '1.000000000',
      1,
      2,
      'b',
    ]);
  });

  it('is none between those who never met', () => {
    expect(duel([row('ours', 'a', 1), row('hpa', 'b', 1)], 'ours', 'hpa')).toBeUndefined();
  });
});

describe('a standing', () => {
  it('tells scalings by the hour', () => {
    expect(standings([row('ours', 'a', 100)])[0]!.scalingsPerHour).toBe(5);
  });
});

describe('curves', () => {
  it('tell each stretch by what it cost who knew it all, but for the last piece', () => {
    const rows = [
      row('ours', 'a', 1, { curve: [3, 4, 1] }),
      row('clairvoyant', 'a', 1, { curve: [1.5, 4, 1] }),
    ];
    expect(curves(rows).map(({ bucket, ratio }) => [bucket, ratio])).toEqual([
      [0, 2],
      [1, 1],
    ]);
  });

  it('are ahead from the stretch after the last in which the cost so far was above', () => {
    // leads: 1, −1, 1: behind in the second, so ahead when the third has passed
    expect(bucketsUntilAhead([1, 4, 1], [2, 2, 3])).toBe(3);
  });

  it('are ahead from the start where they never were behind', () => {
    expect(bucketsUntilAhead([1, 1], [1, 2])).toBe(0);
  });
});

describe('the ranking, seed by seed', () => {
  const runs = (costs: readonly (readonly [ours: number, theirs: number, third: number])[]): readonly Row[] =>
    costs.flatMap(([ours, theirs, third], i) => [
      row('shadow-q', 'a', ours, { seed: i }),
      row('hpa', 'a', theirs, { seed: i }),
      row('kpa', 'a', third, { seed: i }),
      row('clairvoyant', 'a', 100, { seed: i }),
    ]);

  it('says how often the subject is first, and how often all stand as they do over all', () => {
    const rows = runs([
      [110, 130, 120],
      [111, 119, 125],
      [126, 140, 121],
    ]);
    expect(rankingSection(rows, 'shadow-q')[0]).toBe(
      'Seed by seed: shadow-q is the cheapest in 2 of 3; the whole order is the same in 1 of 3.',
    );
  });

  it('is not told of one seed', () => {
    expect(rankingSection(runs([[110, 130, 120]]), 'shadow-q')).toEqual([]);
  });
});
