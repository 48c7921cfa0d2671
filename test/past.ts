import type { Spec, Target } from '#core/model';
import type { Store } from '#ports';
import { cycleId, observation, record } from '#test/make';

/** Demand of the seconds before `endsAt`, as if all of it had been seen at once: who begins now has a past to learn from. */
export const keepPast = async (
  store: Store,
  of: { readonly cluster: string; readonly target: Target; readonly spec: Spec; readonly n?: number },
  counts: Float32Array,
  endsAt: number,
): Promise<void> => {
  const { cluster, target, spec, n } = of;
  const arrivals = { startsAt: endsAt - counts.length, stepSeconds: 1, counts };
  const seen = observation({ atSeconds: endsAt, arrivals });
  await store.append(record({ cluster, target, spec, observation: seen, id: cycleId(endsAt, n) }));
};
