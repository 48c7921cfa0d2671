import type { Observation } from '#core/model';
import { type Aggregation, type BucketState, buckets } from './buckets.ts';

export type WindowsState = {
  readonly stable: BucketState;
  readonly panic: BucketState;
  readonly seenUntil: number | null;
};

export type WindowSettings = {
  readonly aggregation: Aggregation;
  readonly stableWindowSeconds: number;
  readonly panicWindowSeconds: number;
  /** Normal age of the newest metric: a second is recorded when it becomes visible. */
  readonly metricAgeSeconds: number;
};

/** Requests of each second through a metric collector's two windows. */
export const demandWindows = (set: WindowSettings, start?: WindowsState) => {
  const of = (windowSeconds: number, state: BucketState | undefined) =>
    buckets({ aggregation: set.aggregation, windowSeconds, granularitySeconds: 1 }, state);
  const stable = of(set.stableWindowSeconds, start?.stable);
  const panic = of(set.panicWindowSeconds, start?.panic);
  const lag = 1 + set.metricAgeSeconds;
  let seenUntil = start?.seenUntil ?? Number.NEGATIVE_INFINITY;

  const record = (atSeconds: number, perSecond: number): void => {
    stable.record(atSeconds, perSecond);
    panic.record(atSeconds, perSecond);
  };

  const recordArrivals = ({ startsAt, stepSeconds, counts }: NonNullable<Observation['arrivals']>): void => {
    const seconds = Math.max(1, Math.round(stepSeconds));
    for (let i = 0; i < counts.length; i++) {
      const count = counts[i]!;
      if (!(count >= 0)) continue;
      const at = startsAt + i * stepSeconds + lag;
      if (seconds === 1) record(at, count / stepSeconds);
      else for (let s = 0; s < seconds; s++) record(at + s, count / stepSeconds);
    }
  };

  /** Who does not count arrivals knows a rate: it stands for all seconds since the tick before. */
  const recordRate = (nowSeconds: number, perSecond: number): void => {
    const from = Math.max(seenUntil + 1, nowSeconds - set.stableWindowSeconds + 1);
    for (let at = seenUntil === Number.NEGATIVE_INFINITY ? nowSeconds : from; at <= nowSeconds; at++)
      record(at, perSecond);
  };

  return {
    look: ({ atSeconds, arrivals, demand }: Observation): void => {
      if (arrivals !== undefined) recordArrivals(arrivals);
      else if (demand !== undefined && demand >= 0) recordRate(atSeconds, demand);
      seenUntil = atSeconds;
    },
    isEmpty: stable.isEmpty,
    stable: stable.average,
    panic: panic.average,
    state: (): WindowsState => ({
      stable: stable.state(),
      panic: panic.state(),
      seenUntil: Number.isFinite(seenUntil) ? seenUntil : null,
    }),
  };
};
