import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poisson } from '#core/poisson';
import { type Rng, random } from '#core/random';
import { type Chunk, chunkGradient } from '#policies/shadow-q/experts/two-lines/chunk-gradient';
import { softplus } from '#policies/shadow-q/experts/two-lines/lines';
import { workload } from '#simulator/workload';
import { economy } from '#test/policies/shadow-q/economy';

const steps = 60;
const c = economy().capacityPerReplica;
/** Nothing is learnt from the last start-up and minute. */
const lastLearnt = steps - 9 - 12;

/** Outputs on a coarse grid, so that a small change of one is exact in float32. */
const grid = 2 ** -12;
const between = (rng: Rng, a: number, b: number): number =>
  Math.round((a + (b - a) * rng.next()) / grid) * grid;

/** Demand that wanders about what `lo` serves, and lines that move enough to order, to release and to hold. */
const drawn = (seed: number): Chunk => {
  const rng = random(seed);
  const o = new Float32Array(2 * steps);
  const scales = new Float32Array(steps);
  const arrivals = new Float32Array(5 * steps);
  let level = 200 + 600 * rng.next();
  for (let k = 0; k < steps; k++) {
    level *= Math.exp(0.15 * rng.normal());
    scales[k] = level;
    o[2 * k] = between(rng, 0, 0.8);
    o[2 * k + 1] = between(rng, -3, -1);
    for (let t = 5 * k; t < 5 * k + 5; t++) arrivals[t] = poisson(level, rng);
  }
  return { o, scales, scalesAt: 0, arrivals, from: 0, steps };
};

const sizes = ({ o, scales }: Chunk, low = 1, high = 50): readonly number[] => {
  const bound = (x: number): number => Math.max(low, Math.min(high, x));
  const N: number[] = [];
  for (let k = 0; k < steps; k++) {
    const lo = (scales[k]! / c) * Math.exp(o[2 * k]!);
    const hi = bound(lo * Math.exp(softplus(o[2 * k + 1]!)));
    N.push(Math.max(bound(lo), Math.min(hi, N[k - 1] ?? (bound(lo) + hi) / 2)));
  }
  return N;
};

const changes = (N: readonly number[]): number =>
  N.slice(1).reduce((sum, n, k) => sum + Math.abs(n - N[k]!), 0);

describe('the gradient of a chunk', () => {
  it.each([
    [0, 50],
    [0.003, 50],
    [0.003, 20],
  ])('is the slope of its cost, switches at %d and a tail of %d', (switchPrice, tailPerSecond) => {
    const e = economy({ maxReplicas: 1000, minReplicas: 0.1, latePrice: 1e-3, switchPrice, tailPerSecond });
    const { run } = chunkGradient(e, steps);
    const none = new Float32Array(2 * steps);
    const costAt = (chunk: Chunk): number =>
      run(chunk, 0, none) + switchPrice * changes(sizes(chunk, 0.1, 1000));
    let compared = 0;
    let kinks = 0;
    const wrong: string[] = [];
    for (let seed = 0; seed < 60; seed++) {
      const chunk = drawn(seed);
      const dO = new Float32Array(2 * steps);
      // So small a weight that no step is clipped.
      run(chunk, 1e-3, dO);
      for (let i = 2; i < 2 * lastLearnt; i++) {
        const slope = (by: number): number => {
          const moved = (x: number): number => {
            const o = chunk.o.slice();
            o[i]! += x;
            return costAt({ ...chunk, o });
          };
          return (moved(by) - moved(-by)) / (2 * by);
        };
        const [wide, narrow] = [slope(grid), slope(grid / 2)];
        const size = Math.max(1e-4, Math.abs(narrow));
        if (Math.abs(wide - narrow) > 1e-3 * size) kinks++;
        else {
          compared++;
          const analytic = dO[i]! / 1e-3;
          if (Math.abs(analytic - narrow) > 5e-3 * size)
            wrong.push(`chunk ${seed}, output ${i}: ${analytic}, slope ${narrow}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(20 * kinks);
  });

  it('is none to the first step and to the last, which do not see what they bring', () => {
    const dO = new Float32Array(2 * steps).fill(9);
    chunkGradient(economy(), steps).run(drawn(1), 1, dO);
    const learnt = [...dO.keys()].filter((i) => dO[i] !== 0);
    expect(Math.min(...learnt)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...learnt)).toBeLessThan(2 * lastLearnt);
  });

  it('is never steeper than one half a step', () => {
    const dO = new Float32Array(2 * steps);
    chunkGradient(economy({ latePrice: 1 }), steps).run(drawn(2), 1, dO);
    expect(Math.max(...dO.map(Math.abs))).toBe(0.5);
  });

  it('leads back inside from a bound, and never further out', () => {
    const dO = new Float32Array(2 * steps);
    const chunk = { ...drawn(3), o: Float32Array.from({ length: 2 * steps }, (_, i) => (i % 2 ? -2 : 0.5)) };
    // Far too few at most: all would grow, none may.
    chunkGradient(economy({ maxReplicas: 2, latePrice: 1e-2 }), steps).run(chunk, 1, dO);
    expect(Math.min(...dO)).toBeGreaterThanOrEqual(0);
    // Far too many at least: all would shrink, none may.
    chunkGradient(economy({ minReplicas: 400, maxReplicas: 500 }), steps).run(chunk, 1, dO);
    expect(Math.max(...dO)).toBeLessThanOrEqual(0);
  });
});

describe('the cost of a chunk', () => {
  it('is what the simulated workload pays for the same sizes', () => {
    const plans = fc.array(fc.integer({ min: 4, max: 20 }), { minLength: steps, maxLength: steps });
    fc.assert(
      fc.property(
        plans,
        fc.integer({ min: 0, max: 999 }),
        fc.constantFrom(0, 15, 45),
        (plan, seed, startUp) => {
          const { arrivals } = drawn(seed);
          // lo = s/c·exp(o0) = n, and hi a hair above it.
          const o = Float32Array.from({ length: 2 * steps }, (_, i) =>
            i % 2 ? -30 : Math.log(plan[i >> 1]!),
          );
          const chunk = { o, scales: new Float32Array(steps).fill(c), scalesAt: 0, arrivals, from: 0, steps };
          const e = economy({ startUpSeconds: startUp, latePrice: 1e-3 });
          const cost = chunkGradient(e, steps).run(chunk, 0, new Float32Array(2 * steps));

          const load = workload({ ...e, arrivals: Float64Array.from(arrivals), initialReplicas: plan[0]! });
          plan.forEach((n, k) => {
            load.advance(5 * k);
            load.scale(n);
          });
          load.advance(5 * steps);
          const { replicaSeconds, lateRequests } = load.totals();
          expect(cost / (replicaSeconds / 3600 + e.latePrice * lateRequests)).toBeCloseTo(1, 4);
        },
      ),
    );
  });
});
