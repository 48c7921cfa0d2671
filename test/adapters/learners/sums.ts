import type { RoundWork } from '#core/policy';

/** `failAt`, `dieAt`: at this part the work throws, or its thread ends. */
export type Sum = { readonly from: number; readonly failAt?: number; readonly dieAt?: number };

/** Adds up what it is given. */
export const sums = (given: unknown): RoundWork => {
  const { from, failAt, dieAt } = given as Sum;
  let sum = from;
  let part = 0;
  let preparing = 2;
  return {
    prepare: () => --preparing > 0,
    learn: (values) => {
      if (part === failAt) throw new Error(`part ${part} is too hard`);
      if (part === dieAt) process.exit(3);
      part++;
      for (const value of values as Float32Array) sum += value;
    },
    result: () => sum,
  };
};
