import { describe, expect, it } from 'vitest';
import { weightCount } from '#policies/shadow-q/experts/two-lines/net';
import { shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';
import { mind } from '#policies/shadow-q/mind';
import { spec } from '#test/make';

/** Nets that always name the least line they can: demand / capacity / e². */
const reckless = (): Float32Array => {
  const weights = new Float32Array(weightCount);
  weights[weightCount - 2] = -9;
  weights[weightCount - 1] = -9;
  return weights;
};

describe('the floor under all experts', () => {
  it('never lets a line fall below what present demand fills to 97 %', () => {
    const prior = { ...shippedPrior(5), nets: [reckless()] };
    const it = mind({ spec: spec({ capacityPerReplica: 50 }), seed: 1, learning: false, prior });
    for (let t = 0; t < 100; t++) it.push(485);
    // 485 / 50 / .97 = 10; the net alone would say 485/50/e² = 1.3.
    expect(it.lines[0]).toEqual({ low: 10, high: 10 });
  });
});
