import { lateShare } from '#core/queue';
import type { Rng } from '#core/random';
import { serving } from '#simulator/serving';

export type ServedSettings = {
  /** Requests in each second. */
  readonly arrivals: Float64Array;
  readonly capacityPerReplica: number;
  readonly sloSeconds: number;
  readonly rng: Rng;
};

/** What one pod has counted since it became ready. `within[i]`: requests that took no longer than the i-th bound. */
export type PodCounters = {
  /** The second of the load from which on it serves. */
  readonly since: number;
  requests: number;
  latencySeconds: number;
  readonly within: Float64Array;
};

/** Upper bounds of the latency histogram, the SLO among them. */
export const latencyBounds = (sloSeconds: number): readonly number[] =>
  [...new Set([0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, sloSeconds])].toSorted((a, b) => a - b);

/** CPU is a mean over so many seconds, the window of metrics-server. */
const usageSeconds = 15;

/**
 * The simulator's queue in front of pods that come and go: the fleet as a whole is served by its law, second by second,
 * and each request falls on one of the ready pods at random.
 */
export const servedFleet = ({ arrivals, capacityPerReplica: c, sloSeconds, rng }: ServedSettings) => {
  const law = serving({ arrivals, capacityPerReplica: c, sloSeconds });
  const bounds = latencyBounds(sloSeconds);
  const pods = new Map<string, PodCounters>();
  /** Recordings of each second are no whole numbers: what is left over of one second is asked in the next. */
  let leftOver = 0;

  const meet = (ready: ReadonlySet<string>): void => {
    for (const name of pods.keys()) if (!ready.has(name)) pods.delete(name);
    for (const name of ready)
      if (!pods.has(name))
        pods.set(name, {
          since: law.now(),
          requests: 0,
          latencySeconds: 0,
          within: new Float64Array(bounds.length),
        });
  };

  const share = (requests: number, waitSeconds: number): void => {
    const all = [...pods.values()];
    const rho = requests / (all.length * c);
    const within = bounds.map((bound) => 1 - lateShare(rho, waitSeconds, c, bound));
    const meanSeconds = waitSeconds + (rho < 1 ? 1 / ((1 - rho) * c) : 1 / c);
    const whole = Math.floor(requests + leftOver);
    leftOver += requests - whole;
    const counts = new Uint32Array(all.length);
    for (let i = 0; i < whole; i++) counts[rng.integer(counts.length)]!++;
    all.forEach((pod, i) => {
      pod.requests += counts[i]!;
      pod.latencySeconds += counts[i]! * meanSeconds;
      for (let b = 0; b < bounds.length; b++) pod.within[b]! += counts[i]! * within[b]!;
    });
  };

  return {
    bounds,
    pods: pods as ReadonlyMap<string, Readonly<PodCounters>>,
    /** The next second, with these pods ready; false: the load has ended. */
    serve: (ready: ReadonlySet<string>): boolean => {
      const second = law.now();
      meet(ready);
      if (second >= arrivals.length) return false;
      const before = law.backlog();
      law.serve(second + 1, ready.size);
      const waitSeconds = (before + law.backlog()) / (2 * ready.size * c);
      if (ready.size > 0) share(arrivals[second]!, waitSeconds);
      return true;
    },
    second: law.now,
    late: law.late,
    requests: law.requests,
    totals: law.totals,
    reset: law.reset,
    /** Of its CPU request, since it is ready but no longer than metrics-server looks back. */
    usageRatio: (name: string): number => {
      const now = law.now();
      return law.utilization(Math.max(pods.get(name)?.since ?? now, now - usageSeconds), now);
    },
  };
};

export type ServedFleet = ReturnType<typeof servedFleet>;
