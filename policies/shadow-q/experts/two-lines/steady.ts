import type { Economy } from './chunk-gradient.ts';

/** What of an economy says how late requests get and what that costs. */
export type LateLaw = Pick<Economy, 'capacityPerReplica' | 'tailPerSecond' | 'sloSeconds' | 'latePrice'>;

/** The service that the shipped nets and the rules were made for. */
export const usualService = { capacityPerReplica: 50, tailPerSecond: 50, sloSeconds: 0.25 } as const;

const emptiest = 0.02;
/** Requests that wait for missing replicas are late under any law: at least half of the price stays. */
const leastRatio = 0.5;

/**
 * The utilisation at which one more replica saves as much as it costs under demand that never varies:
 *
 *   1/3600 = p·c·A·rho²·exp(−A·(1 − rho))          A = SLO·tail
 */
export const steadyUtilization = ({
  capacityPerReplica: c,
  tailPerSecond,
  sloSeconds,
  latePrice,
}: LateLaw): number => {
  const A = sloSeconds * tailPerSecond;
  const level = A - Math.log(3600 * latePrice * c * A);
  let low = emptiest;
  let high = 1;
  for (let i = 0; i < 40; i++) {
    const rho = (low + high) / 2;
    if (2 * Math.log(rho) + A * rho < level) low = rho;
    else high = rho;
  }
  return high;
};

/**
 * Nets know the price of late requests, not the law by which they are late. So they are told the price under which the
 * usual law has the same steady utilisation as this one; what lies beside that is left to learning.
 */
export const equivalentPrice = (law: LateLaw, usual: LateLaw): number => {
  const [A, B] = [law.sloSeconds * law.tailPerSecond, usual.sloSeconds * usual.tailPerSecond];
  const slopes = (law.capacityPerReplica * A) / (usual.capacityPerReplica * B);
  const steady = slopes * (A === B ? 1 : Math.exp((B - A) * (1 - steadyUtilization(law))));
  return law.latePrice * Math.max(leastRatio, steady);
};
