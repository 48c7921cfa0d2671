import type { Calls } from '#core/calls';
import type { Arrivals, Sample, Target } from '#core/model';
import type { Apis } from './batched-queries.ts';
import { type BatchedArrivals, counterHistory } from './counter-history.ts';
import { farthestBackSeconds } from './prometheus-arrivals.ts';
import { whileRead } from './while-read.ts';

/**
 * Arrivals of many workloads from one counter query: each second of history is asked for once, for all of them, and
 * each is handed the part that is new to it, at most 15 minutes back.
 */
export const batchedArrivals = (given: {
  readonly apis: Apis;
  readonly maxAgeSeconds: number;
  readonly retryAfterSeconds?: number;
}) => {
  const settings = { retryAfterSeconds: 1, ...given };
  const histories = whileRead<ReturnType<typeof counterHistory>>();
  return {
    read: async (
      signal: BatchedArrivals,
      target: Target,
      atSeconds: number,
      since: number | undefined,
      abort?: AbortSignal,
      calls?: Calls,
    ): Promise<{ readonly arrivals?: Arrivals; readonly missing?: Sample }> => {
      const { stepSeconds, settleSeconds, query } = signal;
      const last = Math.floor((atSeconds - settleSeconds) / stepSeconds);
      const first = Math.ceil(Math.max(since ?? 0, last * stepSeconds - farthestBackSeconds) / stepSeconds);
      if (last <= first) return {};
      const read = histories(JSON.stringify(signal), atSeconds, () => counterHistory(signal, settings));
      const found = await read(target, { first, last }, atSeconds, abort, calls);
      if (found === undefined) return {};
      if (!('state' in found)) return { arrivals: found };
      const common = { metric: 'arrivals', source: 'prometheus', query };
      return { missing: { ...common, value: undefined, ageSeconds: 0, ...found } };
    },
  };
};

export type BatchedArrivalsReader = ReturnType<typeof batchedArrivals>;
