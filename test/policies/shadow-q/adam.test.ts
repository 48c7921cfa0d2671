import { expect, it } from 'vitest';
import { adamFrom, adamStep } from '#policies/shadow-q/experts/two-lines/adam';

const settings = { epsilon: 1e-8, meanRate: 0.1 };
const at = (...values: number[]): Float32Array => Float32Array.from(values);

it('the first step goes by the rate, against the sign of each slope', () => {
  const adam = adamFrom(at(1, -2, 3));
  adamStep(adam, at(0.3, -1e-4, 0), 0.01, 0, settings);
  // m/(1 − .9) = g and v/(1 − .999) = g², so the step is the rate times g/|g|.
  const expected = [0.99, -1.99, 3];
  adam.weights.forEach((w, i) => void expect(w).toBeCloseTo(expected[i]!, 5));
  // The mean follows by a tenth.
  expect(adam.mean[0]).toBeCloseTo(0.999, 5);
});

it('finds the bottom of a bowl that is a hundred times steeper one way', () => {
  const adam = adamFrom(at(3, -2));
  const slope = (): Float32Array => at(adam.weights[0]! - 1, 100 * (adam.weights[1]! - 0.5));
  for (let k = 0; k < 3000; k++) adamStep(adam, slope(), 0.01 * 0.998 ** k, 0, settings);
  expect(adam.weights[0]).toBeCloseTo(1, 2);
  expect(adam.weights[1]).toBeCloseTo(0.5, 2);
});

it('shortens a longer gradient to the norm of one', () => {
  const [long, short] = [adamFrom(at(0, 0)), adamFrom(at(0, 0))];
  adamStep(long, at(0, 256), 0.01, 0, settings);
  adamStep(short, at(0, 1), 0.01, 0, settings);
  expect(long.m).toEqual(short.m);
});

it('is pulled towards its anchor, or to zero without one, by a share of the rate', () => {
  const [anchored, free] = [adamFrom(at(2)), adamFrom(at(2))];
  adamStep(anchored, at(0), 0.1, 0.5, settings, at(1));
  adamStep(free, at(0), 0.1, 0.5, settings);
  // 2 − .1·.5·(2 − 1) and 2 − .1·.5·2
  expect([anchored.weights[0], free.weights[0]]).toEqual([Math.fround(1.95), Math.fround(1.9)]);
});

it('takes no step on a gradient that is no number', () => {
  const adam = adamFrom(at(1, 2));
  adamStep(adam, at(Number.NaN, 1), 0.1, 0.5, settings);
  expect(adam).toEqual(adamFrom(at(1, 2)));
});
