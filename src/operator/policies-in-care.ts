import type { KubernetesConfig } from '#config';
import { type Target, targetKey } from '#core/model';
import { leanPolicies } from '#kubernetes/lean-policy';
import { mirror } from '#kubernetes/mirror';
import { policiesPath, type ScalingPolicy } from '#kubernetes/scaling-policy';
import { type Shards, shards } from '#kubernetes/shards';
import type { Cluster } from '#operator/cluster';
import type { Claim } from '#operator/open-policy';
import type { ByTarget } from '#operator/policies-by-target';
import type { PolicyCare } from '#operator/policy-care';
import { tending } from '#operator/tending';
import { beginningOf, planning, policyKey, type Wanted, wishes } from '#operator/wanted';
import type { Clock } from '#ports';

/** Policies that read their past from the store at the same time. */
const openings = 8;

const namesIn = (key: string): [namespace: string, name: string] => {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
};

export type PoliciesInCare = {
  /** Once the policies of the cluster are known. */
  readonly synced: Promise<void>;
  readonly shares: Shards;
  all(): Iterable<PolicyCare>;
  /** Whose loop runs for this target. */
  forTarget(target: Target): PolicyCare | undefined;
  figures(): { readonly policies: number; readonly buckets: number; readonly members: number };
};

/** The policies of a cluster as they are, and under care those that fall to this replica. */
export const policiesInCare = (given: {
  readonly config: KubernetesConfig;
  readonly cluster: Cluster;
  readonly targets: ByTarget;
  readonly identity: string;
  /** Of this process alone. */
  readonly instance: string;
  readonly clock: Clock;
  readonly open: (wish: Wanted, claim: Claim) => Promise<PolicyCare>;
  /** Nobody here looks after it any more. */
  readonly left: (target: Target) => void;
  readonly onTrouble: (what: string, error: unknown) => void;
  /** The policies could not be read. */
  readonly onUnread: (error: unknown) => void;
  readonly signal: AbortSignal;
}): PoliciesInCare => {
  const { config, cluster, targets, open, left, onTrouble, signal } = given;
  const { world } = cluster;
  const cared = new Map<string, PolicyCare>();
  const byTargetKey = new Map<string, PolicyCare>();
  const entered = new Map<number, number>();

  const policies = mirror<ScalingPolicy, ScalingPolicy>({
    ...world,
    path: policiesPath,
    keep: leanPolicies(),
    onChange: ({ namespace, name, now, before }) => {
      const affected = targets.changed(before, now);
      for (const key of new Set([`${namespace}/${name}`, ...affected.map(policyKey)])) void care.tend(key);
    },
    onTrouble: given.onUnread,
  });
  const wished = wishes({ all: policies, rivals: targets.of, planning: planning(config) });

  const inScope = ({ metadata: { namespace = '' } }: ScalingPolicy): boolean =>
    config.namespaces.length === 0 || config.namespaces.includes(namespace);
  const resourceOf = (key: string): ScalingPolicy | undefined => policies.get(...namesIn(key));
  const wanted = (key: string): Wanted | undefined => {
    if (!entered.has(shares.bucketOf(key))) return undefined;
    const wish = wished.of(...namesIn(key));
    return wish !== undefined && inScope(wish.resource) ? wish : undefined;
  };

  const openOne = async (key: string, wish: Wanted) => {
    // Until the policy is closed, though the bucket be left meanwhile: what was begun under it stands under it.
    const transitions = entered.get(shares.bucketOf(key));
    const claim: Claim = { fence: (abort) => shares.fence(key, abort), transitions: () => transitions };
    const one = await open(wish, claim);
    const target = targetKey(one.target);
    cared.set(key, one);
    if (one.memo() !== undefined) byTargetKey.set(target, one);
    return {
      update: one.update,
      close: async (): Promise<void> => {
        cared.delete(key);
        if (byTargetKey.get(target) === one) byTargetKey.delete(target);
        await one.close();
        if (entered.has(shares.bucketOf(key)) && resourceOf(key) === undefined) await one.deleted();
        // Of two policies for one target only one looks after it: nothing has ended when the other goes.
        if (wanted(key) === undefined && !byTargetKey.has(target)) left(one.target);
      },
    };
  };
  const care = tending<Wanted>({
    wanted,
    beginning: beginningOf,
    concurrency: openings,
    open: openOne,
    later: (seconds, call) => {
      // The end needs no further attempt.
      world.sleep(seconds, signal).then(call, () => {});
    },
    onFault: (key, error) => onTrouble(`the policy ${key} could not be opened`, error),
  });

  const inBucket = (bucket: number): readonly string[] =>
    [...policies.items()].map(policyKey).filter((key) => shares.bucketOf(key) === bucket);
  const { namespace, prefix, buckets, ...timing } = config.leases;
  const shares = shards({
    api: cluster.api,
    namespace,
    prefix,
    identity: given.identity,
    instance: given.instance,
    buckets,
    timing,
    now: world.now,
    unixNow: given.clock.now,
    sleep: world.sleep,
    onTrouble: (error) => onTrouble('the share of this replica is in doubt', error),
    enter: (bucket, transitions) => {
      entered.set(bucket, transitions);
      for (const key of inBucket(bucket)) void care.tend(key);
    },
    leave: async (bucket) => {
      entered.delete(bucket);
      const open = care.keys().filter((key) => shares.bucketOf(key) === bucket);
      await Promise.all([...open, ...inBucket(bucket)].map(care.tend));
    },
  });

  return {
    synced: policies.synced,
    shares,
    all: () => cared.values(),
    forTarget: (target) => byTargetKey.get(targetKey(target)),
    figures: () => ({
      policies: cared.size,
      buckets: entered.size,
      members: shares.members().length,
    }),
  };
};
