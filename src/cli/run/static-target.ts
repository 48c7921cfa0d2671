import { systemClock } from '#adapters/clocks/system';
import type { Config, TargetConfig } from '#config';
import { type Target, targetKey } from '#core/model';
import { seedOf } from '#core/random';
import type { Shelf } from '#core/shelf';
import { sizeAfter } from '#core/size-after';
import { policies } from '#policies/registry';
import type { DecisionQuery, Store } from '#ports';
import { pages } from '#ports/pages';
import { recall } from '#workflows/recall';
import { type TargetMemo, targetMemo } from '#workflows/target-memo';
import type { Watched } from '#workflows/turns';
import { openWorld, type Scaling } from './worlds.ts';

export type StaticTarget = {
  readonly watched: Watched;
  readonly memo: TargetMemo;
  /** Versions of snapshots that were found damaged and set aside. */
  readonly damaged: readonly number[];
};

/** Every change of size that was carried out, the oldest first. */
const scalingsOf = async (
  store: Store,
  query: Omit<DecisionQuery, 'limit' | 'cursor'>,
): Promise<readonly Scaling[]> => {
  const found: Scaling[] = [];
  for await (const items of pages((part) => store.decisions({ ...query, ...part, outcome: 'scaled' })))
    found.push(...items.map(({ atSeconds, decision: { from, to } }) => ({ atSeconds, from, to })));
  return found.reverse();
};

/** A target that the configuration names, as it was when the loop ended before. */
export const openStaticTarget = async (
  config: Config,
  given: TargetConfig,
  store: Store,
  shelf: Shelf,
): Promise<StaticTarget> => {
  const { cluster, seed } = config;
  const { namespace, kind, name, mode, spec, policy } = given;
  const target: Target = { namespace, kind, name };
  const memo = await targetMemo(store, { cluster, target, policy: policy.name }, systemClock().now);
  const { items } = await store.decisions({ target, cluster, limit: 1 });
  const [last] = items;
  const left = last && {
    atSeconds: last.atSeconds,
    replicas: sizeAfter(last),
    scalings: (since: number) => scalingsOf(store, { target, cluster, fromSeconds: since }),
  };
  const world = await openWorld(given, memo.known().worldStartsAt, left);
  if (world.startsAt !== memo.known().worldStartsAt) await memo.keep({ worldStartsAt: world.startsAt });

  const { historySeconds } = config.loop;
  const atSeconds = world.clock.now();
  const known = await recall({
    store,
    cluster,
    target,
    spec,
    policy: policy.name,
    atSeconds,
    historySeconds,
  });
  const { snapshot, history, damaged, memory } = known;
  const made = policies[policy.name]!.make({
    spec,
    seed: (seed ^ seedOf(targetKey(target))) >>> 0,
    settings: policy.settings,
    snapshot,
    history,
    beside: world.paced,
    shelf,
  });
  const watched: Watched = {
    ...world,
    target,
    spec,
    mode,
    policy: made,
    memory,
    savedExperience: snapshot?.experience,
    pauses: world.startsAt === undefined ? memo.pausesByClock : memo.pauses,
  };
  return { watched, memo, damaged };
};
