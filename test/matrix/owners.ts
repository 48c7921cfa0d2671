import { holderOf, type Lease, transitionsOf } from '#kubernetes/lease-object';
import { bucketOf } from '#kubernetes/rendezvous';
import { bucketName } from '#kubernetes/shard-leases';
import { until } from '#test/cluster/until';
import type { TargetName } from './demands.ts';
import { buckets, type Replica, type World } from './world.ts';

export type Owner = { readonly replica: Replica; readonly transitions: number };

/** Whose Lease the policy of a target is under, as the API server has it; undefined: nobody's at this moment. */
export const ownerOf = async (world: World, name: TargetName): Promise<Owner | undefined> => {
  const { namespace, lab, replicas } = world;
  const lease = bucketName(namespace, bucketOf(`${namespace}/${name}`, buckets));
  const path = `/apis/coordination.k8s.io/v1/namespaces/nimbusguard/leases/${lease}`;
  const found = await lab.plane.api.get<Lease>(path);
  const replica = replicas.find(({ identity }) => holderOf(found)?.startsWith(`${identity}_`));
  return replica && { replica, transitions: transitionsOf(found) };
};

export const owner = (world: World, name: TargetName): Promise<Owner> =>
  until(`an owner of ${name}`, 60, () => ownerOf(world, name));

/** Seconds from `since` until somebody else holds the Lease, and until the first decision under it is kept. */
export const takeOver = async (
  world: World,
  name: TargetName,
  { since, before }: { readonly since: number; readonly before: Owner },
) => {
  const after = await until(`another owner of ${name}`, 60, async () => {
    const now = await ownerOf(world, name);
    return now !== undefined && now.transitions > before.transitions ? now : undefined;
  });
  const heldSeconds = Date.now() / 1000 - since;
  const first = await until(`a decision of the next owner of ${name}`, 60, async () =>
    (await world.records()).find(
      ({ target, leaseTransitions = 0 }) => target.name === name && leaseTransitions >= after.transitions,
    ),
  );
  const decidedSeconds = first.atSeconds - since;
  const text = `Lease after ${heldSeconds.toFixed(1)} s, decision after ${decidedSeconds.toFixed(1)} s`;
  return { after, heldSeconds, decidedSeconds, text };
};
