import { dropAfterSeconds } from '#core/queue';

export type ClairvoyantSettings = {
  readonly arrivals: Float64Array;
  readonly capacityPerReplica: number;
  readonly sloSeconds: number;
  readonly startUpSeconds: number;
  /** Replica-hours that one late request costs. */
  readonly latePrice: number;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Scored part: [fromSecond, end). */
  readonly fromSecond: number;
};

const windowSeconds = 15;

/** Late requests of [from, to) with `ready` replicas, beginning with an empty backlog. */
const lateRequests = (s: ClairvoyantSettings, from: number, to: number, ready: number): number => {
  const c = s.capacityPerReplica;
  const C = ready * c;
  let backlog = 0;
  let late = 0;
  for (let t = from; t < to; t++) {
    const d = s.arrivals[t]!;
    let after = backlog + d - C;
    after = after <= 0 ? 0 : Math.min(after, dropAfterSeconds * C);
    const wait = C > 0 ? (backlog + after) / (2 * C) : s.sloSeconds;
    late += d >= C || wait >= s.sloSeconds ? d : d * Math.exp(-(s.sloSeconds - wait) * (c - d / ready));
    backlog = after;
  }
  return late;
};

/**
 * The least cost, in replica-hours, that a controller could reach who knows all arrivals: exact backward dynamic
 * programming over ready replicas, one decision each 15 s, every window starting without a backlog. A replica that
 * is added also pays for the time that it takes to start; the first size is free. It is a reference, not an
 * invariant: a policy that decides more often can be cheaper within a window.
 *
 *   V_k(r) = r·15/3600 + p·late_k(r) + min over r' of V_{k+1}(r') + max(0, r' − r)·startUp/3600
 *
 * The inner minimum is a suffix minimum of V(r') + r'·s and a prefix minimum of V(r').
 */
export const clairvoyantCost = (s: ClairvoyantSettings): number => {
  const low = Math.max(0, s.minReplicas);
  const sizes = s.maxReplicas - low + 1;
  const startHours = Math.ceil(s.startUpSeconds) / 3600;
  let next = new Float64Array(sizes);
  let here = new Float64Array(sizes);
  const from = s.fromSecond;
  const windows = Math.ceil((s.arrivals.length - from) / windowSeconds);
  for (let k = windows - 1; k >= 0; k--) {
    const start = from + k * windowSeconds;
    const end = Math.min(start + windowSeconds, s.arrivals.length);
    let up = Number.POSITIVE_INFINITY;
    for (let i = sizes - 1; i >= 0; i--) {
      up = Math.min(up, next[i]! + i * startHours);
      here[i] = up - i * startHours;
    }
    let down = Number.POSITIVE_INFINITY;
    let late = Number.POSITIVE_INFINITY;
    for (let i = 0; i < sizes; i++) {
      down = Math.min(down, next[i]!);
      // More replicas are never later: once nobody is late, nobody is with more.
      if (late > 1e-9) late = lateRequests(s, start, end, low + i);
      here[i] = Math.min(here[i]!, down) + ((low + i) * (end - start)) / 3600 + s.latePrice * late;
    }
    [next, here] = [here, next];
  }
  return next.reduce((least, v) => Math.min(least, v), Number.POSITIVE_INFINITY);
};
