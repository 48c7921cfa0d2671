import { tailSharpness } from '#core/queue';

export type LateTailSettings = {
  /** Coefficient of variation of service times; absent: 1, the law of src/core/queue.ts. */
  readonly serviceVariation?: number | undefined;
  /** Lateness falls off as this power, not exponentially; absent: exponentially. */
  readonly tailPower?: number | undefined;
};

/**
 * Share of the requests that are late, by the exponent x = (SLO − w)·(1 − rho)·c of the usual law: exp(−s·x), where s is
 * 1 for service times that vary by 1. With a power n it is (1 + s·x/n)^−n (Lomax 1954), which begins alike and then falls
 * off ever more slowly: the less load, the further it is from any exponential.
 */
export const lateTail = ({ serviceVariation = 1, tailPower }: LateTailSettings): ((x: number) => number) => {
  const sharpness = tailSharpness(serviceVariation);
  return tailPower === undefined
    ? (x) => Math.exp(-x * sharpness)
    : (x) => (1 + (x * sharpness) / tailPower) ** -tailPower;
};
