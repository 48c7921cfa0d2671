import type { MirrorChange } from './mirror.ts';
import { matches } from './selectors.ts';
import type { Workload } from './workload.ts';

const pairKey = (namespace: string, name: string, value: string): string => `${namespace}\n${name}\n${value}`;

const putIn = <T>(lists: Map<string, T[]>, key: string, item: T): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
};

/** Who may have pods that a selector takes: the fewest that give them one of the labels which it demands. */
const candidates = (all: readonly Workload[]): ((one: Workload) => readonly Workload[]) => {
  const lists = new Map<string, Workload[]>();
  for (const one of all) {
    putIn(lists, one.namespace, one);
    for (const name in one.podLabels) putIn(lists, pairKey(one.namespace, name, one.podLabels[name]!), one);
  }
  return ({ namespace, selector: { matchLabels = {} } }) => {
    let fewest = lists.get(namespace) ?? [];
    for (const name in matchLabels) {
      const those = lists.get(pairKey(namespace, name, matchLabels[name]!)) ?? [];
      if (those.length < fewest.length) fewest = those;
    }
    return fewest;
  };
};

const isSame = (a: Workload, b: Workload): boolean =>
  a.name === b.name && a.kind === b.kind && a.namespace === b.namespace;

/**
 * For each of them another workload of its namespace that shares pods with it: the selector of one matches the pods of the
 * other. Whoever counts pods by selector, the HPA among them, then counts those of both.
 */
export const sharers = (all: readonly Workload[]): ReadonlyMap<Workload, Workload> => {
  const found = new Map<Workload, Workload>();
  const candidatesOf = candidates(all);
  for (const one of all)
    for (const other of candidatesOf(one))
      if (!isSame(one, other) && matches(one.selector, other.podLabels)) {
        if (!found.has(one)) found.set(one, other);
        if (!found.has(other)) found.set(other, one);
      }
  return found;
};

/** Only these say which pods a workload takes and makes; its size and status change each minute. */
const lookOf = (one: Workload | undefined): string | undefined => one && `${one.uid}\n${one.templateDigest}`;

/** The ReplicaSets of a Deployment are that Deployment. */
const isOwned = ({ owner }: Workload): boolean => owner?.kind === 'Deployment';

export type PodSharing = {
  /** Another that shares pods with it, among all that were there at the last change. */
  sharerOf(one: Workload): Workload | undefined;
  /** To be told of each change of `all`. */
  onChange(change: Pick<MirrorChange<Workload>, 'now' | 'before'>): void;
};

/** Who shares pods with a workload: found for all in one pass, anew once one came, went or has another template. */
export const podSharing = (all: () => Iterable<Workload>): PodSharing => {
  let others: ReadonlyMap<string | undefined, Workload> | undefined;
  return {
    sharerOf: (one) => {
      if (isOwned(one)) return undefined;
      if (others === undefined) {
        const found = sharers([...all()].filter((each) => !isOwned(each)));
        others = new Map([...found].map(([each, other]) => [lookOf(each), other]));
      }
      return others.get(lookOf(one));
    },
    onChange: ({ now, before }) => {
      if (lookOf(now) !== lookOf(before)) others = undefined;
    },
  };
};
