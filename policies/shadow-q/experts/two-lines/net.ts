import { kernelBase64 } from './kernel/bytes.ts';

/** 48 inputs, two hidden layers with leaky ReLU, two outputs; weights lie transposed, inputs by outputs. */
export const layers = [48, 32, 16, 2] as const;
export const weightCount = 48 * 32 + 32 + 32 * 16 + 16 + 16 * 2 + 2;
export const biasAt = [48 * 32, 48 * 32 + 32 + 32 * 16, weightCount - 2] as const;

/** Views into one WebAssembly memory: write `x` and `dO`, read `o`; `gradient` is added to. */
export type NetEngine = {
  readonly x: Float32Array;
  readonly o: Float32Array;
  readonly dO: Float32Array;
  readonly weights: readonly Float32Array[];
  readonly gradient: Float32Array;
  forward(net: number, rows: number): void;
  /** After `forward` of the same net and rows. */
  backward(net: number, rows: number): void;
};

type Exports = {
  forward(rows: number, w: number, x: number, h1: number, h2: number, o: number): void;
  backward(...addresses: number[]): void;
};

let compiled: WebAssembly.Module | undefined;
const compile = (): WebAssembly.Module => {
  compiled ??= new WebAssembly.Module(Uint8Array.from(atob(kernelBase64), (c) => c.charCodeAt(0)));
  return compiled;
};

/** Room for `nets` sets of weights and `rows` rows of features. */
export const netEngine = (nets: number, rows: number): NetEngine => {
  let end = 1024;
  const place = (floats: number): number => {
    const at = end;
    end += Math.ceil(floats / 4) * 16;
    return at;
  };
  const weightsAt = Array.from({ length: nets }, () => place(weightCount));
  const gradientAt = place(weightCount);
  const [x, h1, h2, o, dO] = [48, 32, 16, 2, 2].map((width) => place(rows * width)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [d1, d2] = [place(32), place(16)];
  const memory = new WebAssembly.Memory({ initial: Math.ceil(end / 65536) });
  const kernel = new WebAssembly.Instance(compile(), { env: { memory } }).exports as unknown as Exports;
  const view = (at: number, floats: number): Float32Array => new Float32Array(memory.buffer, at, floats);
  return {
    x: view(x, rows * 48),
    o: view(o, rows * 2),
    dO: view(dO, rows * 2),
    weights: weightsAt.map((at) => view(at, weightCount)),
    gradient: view(gradientAt, weightCount),
    forward: (net, count) => kernel.forward(count, weightsAt[net]!, x, h1, h2, o),
    backward: (net, count) => kernel.backward(count, weightsAt[net]!, gradientAt, x, h1, h2, dO, d1, d2),
  };
};
