import { dropAfterSeconds } from '#core/queue';
import { type LateTailSettings, lateTail } from '#simulator/late-tail';
import { violationRatio } from '#simulator/serving';

export type ClairvoyantSettings = LateTailSettings & {
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

export type ClairvoyantPlan = {
  /** Replica-hours, late requests priced in. */
  readonly cost: number;
  readonly replicaHours: number;
  readonly lateRequests: number;
  readonly violationMinutes: number;
  readonly scalings: number;
  readonly reversals: number;
  /** Ready replicas in each window of 15 s from `fromSecond` on. */
  readonly sizes: Uint16Array;
  /** Cost of each window. */
  readonly costs: Float64Array;
};

export const windowSeconds = 15;

/** Late requests of [from, to) with `ready` replicas, beginning with an empty backlog. */
const lateRequests = (s: ClairvoyantSettings, from: number, to: number, ready: number): number => {
  const c = s.capacityPerReplica;
  const tail = lateTail(s);
  const C = ready * c;
  let backlog = 0;
  let late = 0;
  for (let t = from; t < to; t++) {
    const d = s.arrivals[t]!;
    let after = backlog + d - C;
    after = after <= 0 ? 0 : Math.min(after, dropAfterSeconds * C);
    const wait = C > 0 ? (backlog + after) / (2 * C) : s.sloSeconds;
    late += d >= C || wait >= s.sloSeconds ? d : d * tail((s.sloSeconds - wait) * (c - d / ready));
    backlog = after;
  }
  return late;
};

/**
 * The least cost that a controller could reach who knows all arrivals: exact backward dynamic programming over ready
 * replicas, one decision each 15 s, every window starting without a backlog. A replica that is added also pays for the
 * time that it takes to start; the first size is free. Replicas start in the mean time, all of them, and no request is sent
 * again. It is a reference, not an invariant: a policy that decides more often can be cheaper within a window.
 *
 *   V_k(r) = r·15/3600 + p·late_k(r) + min over r' of V_{k+1}(r') + max(0, r' − r)·startUp/3600
 *
 * The inner minimum is a suffix minimum of V(r') + r'·s (going up) or a prefix minimum of V(r') (going down).
 */
export const clairvoyant = (s: ClairvoyantSettings): ClairvoyantPlan => {
  const low = Math.max(0, s.minReplicas);
  const count = s.maxReplicas - low + 1;
  const startHours = Math.ceil(s.startUpSeconds) / 3600;
  const windows = Math.max(0, Math.ceil((s.arrivals.length - s.fromSecond) / windowSeconds));
  const successor = new Uint16Array(windows * count);
  let next = new Float64Array(count);
  let here = new Float64Array(count);
  for (let k = windows - 1; k >= 0; k--) {
    const start = s.fromSecond + k * windowSeconds;
    const end = Math.min(start + windowSeconds, s.arrivals.length);
    let best = count - 1;
    for (let i = count - 1; i >= 0; i--) {
      if (next[i]! + i * startHours <= next[best]! + best * startHours) best = i;
      here[i] = next[best]! + (best - i) * startHours;
      successor[k * count + i] = best;
    }
    best = 0;
    let late = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      if (next[i]! <= next[best]!) best = i;
      if (next[best]! < here[i]!) {
        here[i] = next[best]!;
        successor[k * count + i] = best;
      }
      // More replicas are never later: once nobody is late, nobody is with more.
      if (late > 1e-9) late = lateRequests(s, start, end, low + i);
      here[i]! += ((low + i) * (end - start)) / 3600 + s.latePrice * late;
    }
    [next, here] = [here, next];
  }
  return walk(s, low, count, successor, next);
};

/** Follows the best sizes forward and adds up what they cost. */
const walk = (
  s: ClairvoyantSettings,
  low: number,
  count: number,
  successor: Uint16Array,
  value: Float64Array,
): ClairvoyantPlan => {
  const sizes = new Uint16Array(successor.length / count);
  const costs = new Float64Array(sizes.length);
  let i = 0;
  for (let j = 1; j < count; j++) if (value[j]! < value[i]!) i = j;
  const cost = value[i]!;
  let [replicaHours, late, scalings, reversals, direction] = [0, 0, 0, 0, 0];
  let [violationMinutes, minuteRequests, minuteLate] = [0, 0, 0];
  for (let k = 0; k < sizes.length; k++) {
    sizes[k] = low + i;
    const start = s.fromSecond + k * windowSeconds;
    const end = Math.min(start + windowSeconds, s.arrivals.length);
    const change = k + 1 < sizes.length ? successor[k * count + i]! - i : 0;
    const lateHere = lateRequests(s, start, end, low + i);
    const readyHours = ((low + i) * (end - start)) / 3600;
    const startHours = (Math.max(0, change) * Math.ceil(s.startUpSeconds)) / 3600;
    replicaHours += readyHours + startHours;
    late += lateHere;
    minuteLate += lateHere;
    for (let t = start; t < end; t++) minuteRequests += s.arrivals[t]!;
    if (end % 60 === 0) {
      if (minuteLate > violationRatio * minuteRequests) violationMinutes++;
      minuteRequests = 0;
      minuteLate = 0;
    }
    costs[k] = readyHours + startHours + s.latePrice * lateHere;
    if (change !== 0) {
      scalings++;
      if (direction !== 0 && Math.sign(change) !== direction) reversals++;
      direction = Math.sign(change);
    }
    i += change;
  }
  return { cost, replicaHours, lateRequests: late, violationMinutes, scalings, reversals, sizes, costs };
};
