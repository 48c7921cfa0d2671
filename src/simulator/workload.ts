import { dropAfterSeconds, tailSharpness } from '#core/queue';
import { sendAgain } from '#simulator/retries';
import { startUps } from '#simulator/start-ups';

export type WorkloadSettings = {
  /** Arrivals in each second. */
  readonly arrivals: Float64Array;
  readonly capacityPerReplica: number;
  readonly sloSeconds: number;
  readonly startUpSeconds: number;
  /** Coefficient of variation of start-up times, drawn for each replica; absent: all take equally long. */
  readonly startUpVariation?: number | undefined;
  readonly initialReplicas: number;
  /** Coefficient of variation of service times; absent: 1, the law of src/core/queue.ts. */
  readonly serviceVariation?: number | undefined;
  /** Share of late requests, dropped ones among them, that are sent again some seconds later; absent: none. */
  readonly retryShare?: number | undefined;
  /** Of start-up times; absent: 0. */
  readonly seed?: number | undefined;
};

/** No autoscaler tells replicas apart that have been ready for so long (the HPA's longest look is 5 min). */
const alikeAfterSeconds = 600;

/** Totals since the last `reset`. */
export type Totals = {
  seconds: number;
  requests: number;
  lateRequests: number;
  replicaSeconds: number;
  scalings: number;
  reversals: number;
  violationMinutes: number;
};

/** Replicas that were ordered together and are ready together. */
export type Batch = { count: number; readonly orderedAt: number; readonly readyAt: number };

/** How far back prefix sums are kept: a power of two. */
const keptSeconds = 65_536;

const tables = new Map<string, (Float64Array | undefined)[]>();

/**
 * Late requests of a second that begins and ends without a backlog, by ready replicas and (whole) arrivals below C: the
 * same exponential again and again, so it is kept, for all workloads of one capacity, SLO and law.
 */
const unhurriedLate = (c: number, slo: number, sharpness: number): ((ready: number) => Float64Array) => {
  const key = `${c} ${slo} ${sharpness}`;
  const rows = tables.get(key) ?? [];
  tables.set(key, rows);
  return (ready) => {
    rows[ready] ??= Float64Array.from(
      { length: Math.ceil(ready * c) },
      (_, d) => d * Math.exp(-slo * (c - d / ready) * sharpness),
    );
    return rows[ready];
  };
};

/** Of the order that was given last, the batch that would be ready last. */
const newestOf = (batches: readonly Batch[]): number => {
  let newest = batches.length - 1;
  for (let i = newest - 1; i >= 0; i--) if (batches[i]!.orderedAt > batches[newest]!.orderedAt) newest = i;
  return newest;
};

const zero = (): Totals => ({
  seconds: 0,
  requests: 0,
  lateRequests: 0,
  replicaSeconds: 0,
  scalings: 0,
  reversals: 0,
  violationMinutes: 0,
});

/** A minute is in violation when more than this share of its requests is late. */
export const violationRatio = 0.01;

/**
 * A workload under load (the queue of src/core/queue.ts behind a start-up delay). At second t: orders that are due
 * become ready, then a decision may fall (`scale`), then the second's requests arrive (`advance`). Scaling down
 * cancels starting replicas first, the newest first, then stops the youngest ready ones.
 */
export const workload = (settings: WorkloadSettings) => {
  const { capacityPerReplica: c, sloSeconds: slo, retryShare = 0 } = settings;
  const arrivals = retryShare > 0 ? settings.arrivals.slice() : settings.arrivals;
  const nextStartUp = startUps(settings.startUpSeconds, settings.startUpVariation, settings.seed);
  const sharpness = tailSharpness(settings.serviceVariation ?? 1);
  const lateWith = unhurriedLate(c, slo, sharpness);
  let now = 0;
  let backlog = 0;
  let ready = settings.initialReplicas;
  let desired = settings.initialReplicas;
  let lastScaledAt: number | undefined;
  let direction = 0;
  let minuteRequests = 0;
  let minuteLate = 0;
  let totals = zero();
  const started: Batch[] = [{ count: ready, orderedAt: -1e9, readyAt: -1e9 }];
  const starting: Batch[] = [];
  // Prefix sums of utilisation and of late requests: what was the mean over [a, b) is a subtraction.
  const usedUntil = new Float64Array(keptSeconds);
  const lateUntil = new Float64Array(keptSeconds);

  /** Of seconds that are forgotten, the oldest that is known. */
  const until = (sums: Float64Array, second: number): number =>
    sums[Math.max(second, now - keptSeconds + 1) & (keptSeconds - 1)]!;

  const becomeReady = (): void => {
    while (starting.length > 0 && starting[0]!.readyAt <= now) {
      const batch = starting.shift()!;
      ready += batch.count;
      started.push(batch);
    }
    while (started.length > 1 && started[1]!.readyAt < now - alikeAfterSeconds) {
      started[1]!.count += started[0]!.count;
      started.shift();
    }
  };

  const advance = (until: number): void => {
    const end = Math.min(until, arrivals.length);
    let { requests, lateRequests } = totals;
    const from = now;
    while (now < end) {
      becomeReady();
      const stop = starting.length > 0 && starting[0]!.readyAt < end ? starting[0]!.readyAt : end;
      const C = ready * c;
      const most = dropAfterSeconds * C;
      const unhurried = lateWith(ready);
      for (; now < stop; now++) {
        const d = arrivals[now]!;
        let after = backlog + d - C;
        after = after <= 0 ? 0 : Math.min(after, most);
        let late = d;
        if (backlog === 0 && after === 0 && (d | 0) === d && d < C) late = unhurried[d]!;
        else if (d < C) {
          const wait = (backlog + after) / (2 * C);
          if (wait < slo) late = d * Math.exp(-(slo - wait) * (c - d / ready) * sharpness);
        }
        const used = backlog + d < C ? (backlog + d) / C : 1;
        const slot = now & (keptSeconds - 1);
        const next = (now + 1) & (keptSeconds - 1);
        usedUntil[next] = usedUntil[slot]! + used;
        lateUntil[next] = lateUntil[slot]! + late;
        backlog = after;
        requests += d;
        if (retryShare > 0) sendAgain(arrivals, now, retryShare * late);
        lateRequests += late;
        minuteRequests += d;
        minuteLate += late;
        if ((now + 1) % 60 === 0) {
          if (minuteLate > violationRatio * minuteRequests) totals.violationMinutes++;
          minuteRequests = 0;
          minuteLate = 0;
        }
      }
    }
    becomeReady();
    totals.requests = requests;
    totals.lateRequests = lateRequests;
    totals.replicaSeconds += desired * (now - from);
    totals.seconds += now - from;
  };

  /** `starting` stays in the order in which it becomes ready. */
  const order = (): void => {
    const readyAt = now + nextStartUp();
    let i = starting.length;
    while (i > 0 && starting[i - 1]!.readyAt > readyAt) i--;
    const before = starting[i - 1];
    if (before?.readyAt === readyAt && before.orderedAt === now) before.count++;
    else starting.splice(i, 0, { count: 1, orderedAt: now, readyAt });
  };

  const scale = (to: number): void => {
    if (to === desired) return;
    const change = to - desired;
    for (let i = 0; i < change; i++) order();
    let surplus = -change;
    for (const batches of [starting, started]) {
      while (surplus > 0 && batches.length > 0) {
        const place = batches === started ? batches.length - 1 : newestOf(batches);
        const youngest = batches[place]!;
        const stopped = Math.min(youngest.count, surplus);
        youngest.count -= stopped;
        surplus -= stopped;
        if (batches === started) ready -= stopped;
        if (youngest.count === 0) batches.splice(place, 1);
      }
    }
    becomeReady();
    totals.scalings++;
    if (direction !== 0 && Math.sign(change) !== direction) totals.reversals++;
    direction = Math.sign(change);
    desired = to;
    lastScaledAt = now;
  };

  return {
    advance,
    scale,
    /** Those of the seconds before `now` are final: what is sent again comes on top of later ones. */
    arrivals,
    now: () => now,
    ended: () => now >= arrivals.length,
    desired: () => desired,
    ready: () => ready,
    backlog: () => backlog,
    lastScaledAt: () => lastScaledAt,
    started: started as readonly Batch[],
    starting: starting as readonly Batch[],
    /** Mean utilisation of ready replicas over [from, to), 0 where that is empty; a window of the last 18 hours. */
    utilization: (from: number, to: number): number =>
      to > from ? (until(usedUntil, to) - until(usedUntil, from)) / (to - from) : 0,
    late: (from: number, to: number): number => until(lateUntil, to) - until(lateUntil, from),
    totals: (): Readonly<Totals> => totals,
    reset: (): void => {
      totals = zero();
      minuteRequests = 0;
      minuteLate = 0;
    },
  };
};

export type Workload = ReturnType<typeof workload>;
