import type { Spec, Target } from '#core/model';
import type { SnapshotData } from '#policies/shadow-q/recall';
import { shadowQ } from '#policies/shadow-q/shadow-q';
import type { Store } from '#ports';
import { cycleId, observation, record } from '#test/make';

const daySeconds = 86_400;

/** A day of demand, and what shadow-q has learnt from it by its own rounds, to be laid to any time. */
export const livedDay = (before: Float64Array, spec: Spec) => {
  const counts = Float32Array.from(before.slice(-daySeconds));
  const history = { startsAt: 0, counts };
  const learnt = shadowQ({ spec, seed: 1, settings: {}, history }).snapshot();
  return {
    seconds: counts.length,
    /** The store of one who has looked after this target for that day, until `endsAt`. */
    keep: async (store: Store, cluster: string, target: Target, endsAt: number): Promise<void> => {
      const startsAt = endsAt - counts.length;
      const data = learnt.data as SnapshotData;
      const moved = { ...data, startsAt: data.startsAt + startsAt };
      const key = { cluster, target, policy: learnt.policy };
      await store.saveSnapshot(key, { ...learnt, atSeconds: endsAt, data: moved });
      // One look that saw all of it, so long ago that no decision follows from what else it saw.
      const atSeconds = endsAt - 3600;
      const seen = observation({ atSeconds, arrivals: { startsAt, stepSeconds: 1, counts } });
      await store.append(record({ cluster, target, spec, observation: seen, id: cycleId(atSeconds) }));
    },
  };
};

export type LivedDay = ReturnType<typeof livedDay>;
