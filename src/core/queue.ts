/**
 * One workload under load, second by second: a fluid backlog in front of `ready` replicas, each of which serves
 * `capacity` requests a second by processor sharing (mean service time S = 1/capacity), balanced at random.
 *
 *   C  = ready · capacity          rho = d / C
 *   B' = clip(B + d − C, 0, 10·C)  what would wait longer than 10 s is dropped
 *   w  = (B + B') / (2·C)          mean wait of the second's arrivals
 *   late share = 1 if rho ≥ 1 or w ≥ SLO, else exp(−(SLO − w)·(1 − rho)/S)
 *
 * The last line is the tail of the sojourn time of an M/M/1 queue, shifted by the wait for the backlog.
 */
export const dropAfterSeconds = 10;

/**
 * Where each replica serves one request after the other, the tail falls off at this share of the rate above when service
 * times vary by another coefficient than 1 (heavy traffic, Kingman 1961): 2/(1 + cv²).
 */
export const tailSharpness = (serviceVariation: number): number => 2 / (1 + serviceVariation ** 2);

/** `tailPerSecond` is the capacity of a replica, under the law above. */
export const lateShare = (
  rho: number,
  waitSeconds: number,
  tailPerSecond: number,
  sloSeconds: number,
): number =>
  rho >= 1 || waitSeconds >= sloSeconds
    ? 1
    : Math.exp(-(sloSeconds - waitSeconds) * (1 - rho) * tailPerSecond);

export const nextBacklog = (backlog: number, arrived: number, served: number): number => {
  const left = backlog + arrived - served;
  return left <= 0 ? 0 : Math.min(left, dropAfterSeconds * served);
};
