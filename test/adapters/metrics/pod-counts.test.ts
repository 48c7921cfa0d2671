import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PodAnswer, podCounts } from '#adapters/metrics/pod-counts';

const answers = (totals: Readonly<Record<string, number | undefined>>): readonly PodAnswer[] =>
  Object.entries(totals).map(([pod, total]) => ({ pod, total, serving: true }));

/** Rounds from 100 on; a number that is undefined: the round was left out. */
const counted = (
  ...rounds: readonly (Readonly<Record<string, number | undefined>> | 'unknown' | undefined)[]
): readonly number[] => {
  const counts = podCounts(450);
  for (const [i, round] of rounds.entries())
    if (round !== undefined) counts.round(100 + i, round === 'unknown' ? undefined : answers(round));
  return Array.from({ length: counts.until() - counts.from() }, (_, i) => counts.count(counts.from() + i));
};

describe('requests counted at the pods', () => {
  it('are the increases from round to round, summed over pods', () => {
    expect(counted({ a: 5, b: 100 }, { a: 7, b: 110 }, { a: 7, b: 111 })).toEqual([12, 1]);
  });

  it('begin with what a new pod shows', () => {
    expect(counted({ a: 0 }, { a: 1, b: 900 }, { a: 2, b: 903 })).toEqual([1, 4]);
  });

  it('go on from zero where a counter was reset', () => {
    expect(counted({ a: 50 }, { a: 60 }, { a: 3 }, { a: 4 })).toEqual([10, 3, 1]);
  });

  it('keep what a pod had that is gone, and go on without it', () => {
    expect(counted({ a: 0, b: 0 }, { a: 1, b: 9 }, { a: 2 }, { a: 3 })).toEqual([10, 1, 1]);
  });

  it('wait for a pod that did not answer, and are spread over both steps when it does', () => {
    const rounds = [
      { a: 0, b: 0 },
      { a: 1, b: 2 },
      { a: 2, b: undefined },
    ] as const;
    expect(counted(...rounds)).toEqual([3]);
    expect(counted(...rounds, { a: 3, b: 8 })).toEqual([3, 1 + 3, 1 + 3]);
  });

  it('are unknown once it did not answer twice', () => {
    const rounds = [
      { a: 0, b: 0 },
      { a: 1, b: undefined },
      { a: 2, b: undefined },
    ] as const;
    expect(counted(...rounds)).toEqual([Number.NaN]);
    // Of 9 in three steps the last two get 3 each.
    expect(counted(...rounds, { a: 3, b: 9 })).toEqual([Number.NaN, 4, 4]);
  });

  it('are unknown where nobody knows which pods there are, and filled when it is known again', () => {
    expect(counted({ a: 0 }, { a: 1 }, 'unknown', { a: 5 })).toEqual([1, 2, 2]);
    expect(counted({ a: 0 }, 'unknown', 'unknown', 'unknown')).toEqual([Number.NaN, Number.NaN]);
  });

  it('are unknown in rounds that were left out but for the last', () => {
    expect(counted({ a: 0 }, undefined, undefined, undefined, { a: 8 })).toEqual([
      Number.NaN,
      Number.NaN,
      2,
      2,
    ]);
  });

  it('are unknown without a pod, not none', () => {
    expect(counted({}, {}, {})).toEqual([Number.NaN, Number.NaN]);
    expect(counted({ a: 0 }, { a: 4 }, {})).toEqual([4, Number.NaN]);
  });

  it('do not wait for a pod that takes no requests', () => {
    const counts = podCounts(450);
    const b = (total: number | undefined): PodAnswer => ({ pod: 'b', serving: false, total });
    counts.round(1, [...answers({ a: 0 }), b(undefined)]);
    counts.round(2, [...answers({ a: 6 }), b(undefined)]);
    expect([counts.until(), counts.count(1)]).toEqual([2, 6]);
  });

  it('begin anew when rounds go back', () => {
    const counts = podCounts(450);
    for (const [round, a] of [
      [100, 0],
      [101, 5],
      [40, 9],
      [41, 11],
    ] as const)
      counts.round(round, answers({ a }));
    expect([counts.from(), counts.until(), counts.count(40)]).toEqual([40, 41, 2]);
  });

  it('are kept for so many steps', () => {
    const counts = podCounts(3);
    for (let round = 0; round <= 10; round++) counts.round(round, answers({ a: round * round }));
    expect([counts.from(), counts.until()]).toEqual([7, 10]);
    // 100 − 81
    expect(counts.count(9)).toBe(19);
  });

  it('that were published never change, are never negative, and miss nothing while pods answer every other time', () => {
    const anyStep = fc.record({ requests: fc.integer({ min: 0, max: 50 }), answers: fc.boolean() });
    const anyPods = fc.array(fc.array(anyStep, { minLength: 30, maxLength: 30 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(anyPods, (pods) => {
        const counts = podCounts(450);
        const totals = pods.map(() => 0);
        const answered = pods.map(() => true);
        const published: number[] = [];
        let all = 0;
        for (let round = 0; round <= 30; round++) {
          const given = pods.map((steps, i) => {
            const step = steps[round - 1];
            if (step !== undefined) {
              totals[i]! += step.requests;
              all += step.requests;
            }
            // Never silent twice in a row, nor in the first and the last round.
            answered[i] = step === undefined || round === 30 || step.answers || !answered[i];
            return { pod: `${i}`, serving: true, total: answered[i] ? totals[i]! : undefined };
          });
          counts.round(round, given);
          for (const [step, count] of published.entries()) expect(counts.count(step)).toBe(count);
          for (let step = published.length; step < counts.until(); step++) {
            expect(counts.count(step)).toBeGreaterThanOrEqual(0);
            published.push(counts.count(step));
          }
        }
        expect(published.length).toBe(30);
        expect(published.reduce((a, b) => a + b, 0)).toBeCloseTo(all, 6);
      }),
    );
  });
});
