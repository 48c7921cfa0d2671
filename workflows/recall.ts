import { leadCycles } from '#agents/rewarder';
import type { Snapshot, Spec, Target } from '#core/model';
import { pastSeconds } from '#core/past';
import type { History } from '#core/policy';
import type { Store } from '#ports';
import { keptRecords } from '#workflows/kept-records';
import { type Memory, noMemory, remembering } from '#workflows/memory';

export type Recalled = {
  readonly memory: Memory;
  readonly snapshot: Snapshot | undefined;
  /** Versions of snapshots that were found damaged and set aside. */
  readonly damaged: readonly number[];
  readonly history: History | undefined;
};

/** Demand as it was recorded, from its first second to its last. Room is made for what there is: five days are 1.7 MB. */
const historyIn = async (
  store: Store,
  cluster: string,
  target: Target,
  fromSeconds: number,
  toSeconds: number,
): Promise<History | undefined> => {
  const startsAt = await store.firstDemandAt(cluster, target, fromSeconds, toSeconds);
  if (startsAt === undefined) return undefined;
  const counts = await store.demand(cluster, target, startsAt, toSeconds);
  let first = 0;
  while (first < counts.length && Number.isNaN(counts[first])) first++;
  if (first === counts.length) return undefined;
  let end = counts.length;
  while (Number.isNaN(counts[end - 1])) end--;
  return { startsAt: startsAt + first, counts: counts.slice(first, end) };
};

/** What a loop that begins at `atSeconds` knows of the time before: the same as one that never ended. */
export const recall = async (given: {
  readonly store: Store;
  readonly cluster: string;
  readonly target: Target;
  readonly spec: Spec;
  readonly policy: string;
  readonly atSeconds: number;
  readonly historySeconds: number;
}): Promise<Recalled> => {
  const { store, cluster, target, spec } = given;
  const end = Math.ceil(given.atSeconds);
  const start = end - Math.ceil(given.historySeconds);
  const seconds = Math.max(pastSeconds(spec), (leadCycles(spec) + 2) * spec.intervalSeconds);
  const fromSeconds = given.atSeconds - seconds;
  const [{ snapshot, damaged }, history, records] = await Promise.all([
    store.loadSnapshot({ cluster, target, policy: given.policy }),
    historyIn(store, cluster, target, start, end),
    keptRecords(store, { target, cluster, fromSeconds }),
  ]);

  const memory = records.reduce<Memory>(remembering, noMemory);
  const since = history === undefined ? undefined : history.startsAt + history.counts.length;
  return { memory: { ...memory, since }, snapshot, damaged, history };
};
