import fc from 'fast-check';
import { expect, it } from 'vitest';
import { random } from '#core/random';
import { kernelBase64 } from '#policies/shadow-q/experts/two-lines/kernel/bytes';
import { biasAt, layers, netEngine, weightCount } from '#policies/shadow-q/experts/two-lines/net';
import { compileKernel } from '../../../scripts/build-kernel.ts';

const slope = 0.05;

/** The net as it is drawn in a book: float64, weights as they lie in the engine (inputs by outputs, then biases). */
const plainNet = (w: ArrayLike<number>, rows: readonly number[][], dO: readonly number[][]) => {
  const gradient = new Float64Array(weightCount);
  const outputs = rows.map((x, r) => {
    const acts: number[][] = [x];
    for (let l = 0, at = 0; l < 3; l++) {
      const [ins, outs] = [layers[l]!, layers[l + 1]!];
      const z = Array.from({ length: outs }, (_, j) =>
        acts[l]!.reduce((sum, a, i) => sum + a * w[at + i * outs + j]!, w[biasAt[l]! + j]!),
      );
      acts.push(l < 2 ? z.map((v) => (v > 0 ? v : slope * v)) : z);
      at += ins * outs + outs;
    }
    let d = dO[r]!;
    for (let l = 2; l >= 0; l--) {
      const [ins, outs] = [layers[l]!, layers[l + 1]!];
      const at = biasAt[l]! - ins * outs;
      const before = acts[l]!;
      for (let j = 0; j < outs; j++) {
        gradient[biasAt[l]! + j]! += d[j]!;
        for (let i = 0; i < ins; i++) gradient[at + i * outs + j]! += d[j]! * before[i]!;
      }
      const after = d;
      d = before.map((a, i) => {
        const sum = after.reduce((s, dj, j) => s + dj * w[at + i * outs + j]!, 0);
        return l > 0 && a <= 0 ? slope * sum : sum;
      });
    }
    return acts[3]!;
  });
  return { outputs: outputs.flat(), gradient };
};

const drawn = (seed: number, rows: number) => {
  const rng = random(seed);
  const table = (width: number, silent = 0): number[][] =>
    Array.from({ length: rows }, () => {
      const none = rng.next() < silent;
      return Array.from({ length: width }, () => (none ? 0 : Math.fround(rng.normal())));
    });
  const weights = Float32Array.from({ length: weightCount }, () => 0.3 * rng.normal());
  return { weights, x: table(48), dO: table(2, 0.3) };
};

const near = (value: number, expected: number): boolean =>
  Math.abs(value - expected) <= 1e-4 * Math.max(1, Math.abs(expected));

it('runs forward and backward as the plain net does', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 9 }), (seed, rows) => {
      const { weights, x, dO } = drawn(seed, rows);
      const engine = netEngine(2, 9);
      engine.weights[1]!.set(weights);
      engine.x.set(x.flat());
      engine.forward(1, rows);
      engine.dO.set(dO.flat());
      engine.gradient.fill(0);
      engine.backward(1, rows);
      const plain = plainNet(weights, x, dO);
      expect(plain.outputs.filter((o, i) => !near(engine.o[i]!, o))).toEqual([]);
      expect([...plain.gradient].filter((g, i) => !near(engine.gradient[i]!, g))).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

it('adds to the gradient that is there', () => {
  const { weights, x, dO } = drawn(1, 3);
  const engine = netEngine(1, 3);
  engine.weights[0]!.set(weights);
  engine.x.set(x.flat());
  engine.dO.set(dO.flat());
  const runs = [1, 2].map(() => {
    engine.forward(0, 3);
    engine.backward(0, 3);
    return engine.gradient.slice();
  });
  expect([...runs[1]!].filter((g, i) => !near(g, 2 * runs[0]![i]!))).toEqual([]);
});

it('ships the bytes that its kernel compiles to', () => {
  expect(compileKernel()).toBe(kernelBase64);
});
