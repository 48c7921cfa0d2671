/**
 * Seeded chance: xoshiro128** (Blackman, Vigna 2018) started by splitmix32, so that nearby seeds give unrelated
 * streams. The state is four words, kept in typed arrays: the same seed gives the same run on every machine.
 */
export type Rng = {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Standard normal. */
  normal(): number;
};

const splitmix = (seed: number): (() => number) => {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x9e3779b9) >>> 0;
    let t = a ^ (a >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  };
};

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** Several words make one seed: `random(seed, cycle)` is a stream of its own for each cycle. */
export const random = (...words: readonly number[]): Rng => {
  const s = new Int32Array(4);
  const mix = words.map((word) => splitmix(word));
  for (let i = 0; i < 4; i++) s[i] = mix.reduce((x, m, j) => rotl(x, 7 * j + 5) ^ m(), 0);
  if (s.every((word) => word === 0)) s[0] = 1;

  const word = (): number => {
    const result = Math.imul(rotl(Math.imul(s[1]!, 5), 7), 9) >>> 0;
    const t = s[1]! << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s[1]!;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = rotl(s[3]!, 11);
    return result;
  };
  const next = (): number => word() / 4294967296;
  return {
    next,
    integer: (n) => Math.floor(next() * n),
    // Box and Muller (1958); the second variate is thrown away so that no hidden state remains.
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  };
};

/** A number from text (FNV-1a, 32 bits): makes a target's name part of a seed. */
export const seedOf = (text: string): number => {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
};
