import { nextBacklog } from '#core/queue';
import { type LateTailSettings, lateTail } from '#simulator/late-tail';
import { isKnown, recentSums, slotOf, sumOver } from '#simulator/recent-sums';
import { sendAgain } from '#simulator/retries';
import { unhurriedLate } from '#simulator/unhurried-late';

export type ServingSettings = LateTailSettings & {
  /** Arrivals in each second. */
  readonly arrivals: Float64Array;
  readonly capacityPerReplica: number;
  readonly sloSeconds: number;
  /** Share of late requests, dropped ones among them, that are sent again some seconds later; absent: none. */
  readonly retryShare?: number | undefined;
};

/** A minute is in violation when more than this share of its requests is late. */
export const violationRatio = 0.01;

/** The queue of src/core/queue.ts, second by second, and what came of it. */
export const serving = (settings: ServingSettings) => {
  const { capacityPerReplica: c, sloSeconds: slo, retryShare = 0 } = settings;
  const arrivals = retryShare > 0 ? settings.arrivals.slice() : settings.arrivals;
  const tail = lateTail(settings);
  const lateWith = unhurriedLate(c, slo, settings);
  let now = 0;
  let minuteEndsAt = 60;
  const totals = { requests: 0, lateRequests: 0, violationMinutes: 0 };
  const state = { backlog: 0, minuteRequests: 0, minuteLate: 0 };
  const usedUntil = recentSums();
  const lateUntil = recentSums();
  const arrivedUntil = recentSums();
  /** All arrivals so far are whole numbers, whose sums are exact in any order. */
  let whole = true;

  /** Requests of [now, end). */
  const countArrived = (end: number): void => {
    if (whole) {
      const arrived = arrivedUntil[slotOf(end)]! - arrivedUntil[slotOf(now)]!;
      totals.requests += arrived;
      state.minuteRequests += arrived;
      return;
    }
    for (let t = now; t < end; t++) {
      totals.requests += arrivals[t]!;
      state.minuteRequests += arrivals[t]!;
    }
  };

  /** Lives through [now, end), within one minute. */
  const serveWithin = (end: number, ready: number): void => {
    const C = ready * c;
    const unhurried = lateWith(ready);
    let { backlog, minuteLate } = state;
    let { lateRequests } = totals;
    let usedSum = usedUntil[slotOf(now)]!;
    let lateSum = lateUntil[slotOf(now)]!;
    let arrivedSum = arrivedUntil[slotOf(now)]!;
    let t = now;
    for (;;) {
      // Without a backlog and with whole arrivals below C a second is a look-up.
      if (backlog === 0 && retryShare === 0) {
        for (; t < end; t++) {
          const d = arrivals[t]!;
          const count = d | 0;
          if (count !== d || count >= unhurried.length) break;
          const late = unhurried[count]!;
          const next = slotOf(t + 1);
          usedUntil[next] = usedSum += count / C;
          lateUntil[next] = lateSum += late;
          arrivedUntil[next] = arrivedSum += d;
          lateRequests += late;
          minuteLate += late;
        }
      }
      if (t >= end) break;
      const d = arrivals[t]!;
      if ((d | 0) !== d) whole = false;
      let late = d;
      let used = 1;
      const left = nextBacklog(backlog, d, C);
      const wait = (backlog + left) / (2 * C);
      if (d < C && wait < slo) late = d * tail((slo - wait) * (c - d / ready));
      if (backlog + d < C) used = (backlog + d) / C;
      backlog = left;
      const next = slotOf(t + 1);
      usedUntil[next] = usedSum += used;
      lateUntil[next] = lateSum += late;
      arrivedUntil[next] = arrivedSum += d;
      lateRequests += late;
      minuteLate += late;
      if (retryShare > 0) sendAgain(arrivals, t, retryShare * late);
      t++;
    }
    if (arrivedSum > Number.MAX_SAFE_INTEGER) whole = false;
    countArrived(end);
    now = end;
    state.backlog = backlog;
    state.minuteLate = minuteLate;
    totals.lateRequests = lateRequests;
  };

  const closeMinute = (): void => {
    if (state.minuteLate > violationRatio * state.minuteRequests) totals.violationMinutes++;
    state.minuteRequests = 0;
    state.minuteLate = 0;
    minuteEndsAt += 60;
  };

  return {
    /** Those of the seconds before `now` are final: what is sent again comes on top of later ones. */
    arrivals,
    /** From now on to `end` with so many ready replicas. */
    serve: (end: number, ready: number): void => {
      while (now < end) {
        serveWithin(Math.min(end, minuteEndsAt), ready);
        if (now === minuteEndsAt) closeMinute();
      }
    },
    now: (): number => now,
    backlog: (): number => state.backlog,
    totals: totals as Readonly<typeof totals>,
    reset: (): void => {
      totals.requests = 0;
      totals.lateRequests = 0;
      totals.violationMinutes = 0;
      state.minuteRequests = 0;
      state.minuteLate = 0;
    },
    /** Mean utilisation of ready replicas over [from, to), 0 where that is empty; a window of the last half hour. */
    utilization: (from: number, to: number): number =>
      to > from ? sumOver(usedUntil, from, to, now) / (to - from) : 0,
    late: (from: number, to: number): number => sumOver(lateUntil, from, to, now),
    /** Of the seconds in [from, to), all of them before now. */
    requests: (from: number, to: number): number => {
      if (whole && to > from && isKnown(from, now)) return sumOver(arrivedUntil, from, to, now);
      let sum = 0;
      for (let t = from; t < to; t++) sum += arrivals[t]!;
      return sum;
    },
  };
};
