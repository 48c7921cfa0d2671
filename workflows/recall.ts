import { leadCycles } from '#agents/rewarder';
import type { Snapshot, Spec, Target } from '#core/model';
import { pastSeconds } from '#core/past';
import type { History } from '#core/policy';
import type { DecisionRecord, Store } from '#ports';
import { type Memory, noMemory, remembering } from '#workflows/memory';

export type Recalled = {
  readonly memory: Memory;
  readonly snapshot: Snapshot | undefined;
  /** Versions of snapshots that were found damaged and set aside. */
  readonly damaged: readonly number[];
  readonly history: History | undefined;
};

/** Demand as it was recorded, from its first second to its last. */
const historyOf = (startsAt: number, counts: Float32Array): History | undefined => {
  const first = counts.findIndex((count) => !Number.isNaN(count));
  if (first < 0) return undefined;
  const last = counts.findLastIndex((count) => !Number.isNaN(count));
  return { startsAt: startsAt + first, counts: counts.slice(first, last + 1) };
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
  const { snapshot, damaged } = await store.loadSnapshot({ cluster, target, policy: given.policy });
  const history = historyOf(start, await store.demand(cluster, target, start, end));

  const seconds = Math.max(pastSeconds(spec), (leadCycles(spec) + 2) * spec.intervalSeconds);
  const records: DecisionRecord[] = [];
  let cursor: string | undefined;
  do {
    const fromSeconds = given.atSeconds - seconds;
    const page = await store.decisions({ target, cluster, fromSeconds, cursor, limit: 200 });
    records.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);

  const memory = records.reverse().reduce<Memory>(remembering, noMemory);
  const since = history === undefined ? undefined : history.startsAt + history.counts.length;
  return { memory: { ...memory, since }, snapshot, damaged, history };
};
