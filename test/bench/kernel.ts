import { random } from '#core/random';
import { layers, netEngine, weightCount } from '#policies/shadow-q/experts/two-lines/net';
import { coreSeconds, report } from './figure.ts';

/** The same arithmetic as the kernel's, as plain loops over Float32Array. */
const rows = 576;
const slope = 0.05;
const rng = random(1);
const weights = Float32Array.from({ length: weightCount }, () => 0.3 * rng.normal());
const x = Float32Array.from({ length: rows * layers[0] }, () => rng.normal());

const buffers = layers.map((width) => new Float32Array(rows * width));
buffers[0]!.set(x);
const plainForward = (): void => {
  let at = 0;
  for (let l = 0; l < 3; l++) {
    const [ins, outs] = [layers[l]!, layers[l + 1]!];
    const [from, to] = [buffers[l]!, buffers[l + 1]!];
    const bias = at + ins * outs;
    for (let r = 0; r < rows; r++)
      for (let j = 0; j < outs; j++) {
        let sum = weights[bias + j]!;
        for (let i = 0; i < ins; i++) sum += from[r * ins + i]! * weights[at + i * outs + j]!;
        to[r * outs + j] = l < 2 && sum < 0 ? slope * sum : sum;
      }
    at = bias + outs;
  }
};

const engine = netEngine(1, rows);
engine.weights[0]!.set(weights);
engine.x.set(x);
engine.dO.set(Float32Array.from({ length: rows * 2 }, () => rng.normal()));

/** Of the core, for one row; the clock's own step is long, so a trial lasts for as many runs as take some time. */
const microseconds = (run: () => void): number => {
  const trial = (runs: number): number =>
    coreSeconds(() => {
      for (let i = 0; i < runs; i++) run();
    });
  let runs = 1;
  while (trial(runs) < 0.2) runs *= 2;
  return (1e6 * Math.min(trial(runs), trial(runs), trial(runs))) / (rows * runs);
};
const plain = microseconds(plainForward);
const kernel = microseconds(() => engine.forward(0, rows));
const widest = buffers[3]!.reduce((most, value, i) => Math.max(most, Math.abs(value - engine.o[i]!)), 0);
const backward = microseconds(() => engine.backward(0, rows));
report([
  { what: 'nets forward, plain loops', value: plain, unit: 'µs/row' },
  {
    what: 'nets forward, WebAssembly SIMD kernel',
    value: kernel,
    unit: 'µs/row',
    note: `${(plain / kernel).toFixed(1)} times as fast; outputs differ by ${widest.toExponential(0)} at most`,
  },
  { what: 'nets backward, WebAssembly SIMD kernel', value: backward, unit: 'µs/row' },
]);
