import { type KubeApi, KubeError } from './api.ts';
import { heldBuckets } from './held-buckets.ts';
import { lastChanges } from './last-changes.ts';
import { type LeaseTiming, leaseHolder, leaseTiming } from './lease.ts';
import { holderOf, type Lease, leasesPath, newLease, transitionsOf } from './lease-object.ts';
import { bucketOf, rendezvous } from './rendezvous.ts';
import {
  bucketsAnnotation,
  holderName,
  leavingAnnotation,
  lifeSigns,
  memberLabel,
  memberName,
  type ShardLeases,
  type Standing,
  shardLeases,
  shardsLabel,
  standing,
} from './shard-leases.ts';

/** A member that did not change for so long will not come back; its Lease is removed. */
const forgottenAfterSeconds = 600;

export type Shards = {
  bucketOf(key: string): number;
  /** By our own clock, without asking anybody: false from the moment on at which others might take it. */
  owns(key: string): boolean;
  /**
   * Asks the server just before a write whether the key's bucket is still ours. Resolves with the Lease's transition
   * count; rejects with a KubeError, reason `NotOwner`, when it is not.
   */
  fence(key: string, signal?: AbortSignal): Promise<number>;
  /** Identities of those who take buckets, ours included; as last seen. */
  members(): readonly string[];
  owned(): ReadonlySet<number>;
  /** Leaves and releases all, so that others have it at once. */
  stop(): Promise<void>;
  /**
   * Resolves after `stop`; rejects when it cannot go on: `IdentityTaken`, another process has our identity;
   * `BucketsDiffer`, others count otherwise.
   */
  readonly ended: Promise<void>;
};

/**
 * N replicas share what there is to do. Keys fall into buckets, each bucket has a Lease, and who shall hold it follows from
 * the names of the members that live. Only the member's own Lease is renewed: a bucket's Lease is written when it changes
 * hands, and is worth as much as its holder's life. So buckets cost next to nothing, however many there are.
 */
export const shards = (given: {
  readonly api: KubeApi;
  readonly namespace: string;
  /** Of the names of all Leases; replicas with another one are strangers. */
  readonly prefix: string;
  /** Of this replica, such as the pod's name. */
  readonly identity: string;
  /** Of this process alone, such as a UUID; without `_`. */
  readonly instance: string;
  /** The same for all replicas. More of them are spread more evenly. */
  readonly buckets?: number;
  /** It is ours from now on. */
  readonly enter: (bucket: number, transitions: number) => void;
  /** It is ours no more; resolves when all work on it has ended. */
  readonly leave: (bucket: number) => Promise<void>;
  readonly onTrouble?: (error: unknown) => void;
  /** Seconds of a clock that never steps back. */
  readonly now: () => number;
  /** Unix seconds; only for those who read the Leases. */
  readonly unixNow: () => number;
  /** Rejects with the signal's reason. */
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** Stops it. */
  readonly signal?: AbortSignal;
  readonly timing?: LeaseTiming;
  /** How often the Leases are looked at. */
  readonly lookSeconds?: number;
}): Shards => {
  const { api, namespace, prefix, identity, now, unixNow, sleep, buckets = 64, lookSeconds = 1 } = given;
  const timing = leaseTiming(given.timing ?? {});
  const { durationSeconds } = timing;
  const timeoutSeconds = durationSeconds / 4;
  const collection = leasesPath(namespace);
  const me = holderName(identity, given.instance);
  const myName = memberName(prefix, identity);
  const labels = { [shardsLabel]: prefix };
  const trouble = (error: unknown): void => given.onTrouble?.(error);

  const ending = new AbortController();
  const ended = Promise.withResolvers<void>();
  // Whoever does not wait for it is not bothered.
  ended.promise.catch(() => {});
  const changes = lastChanges({ now, gapSeconds: durationSeconds / 2 });
  let view: Standing | undefined;
  let isStopping = false;
  let stranger: string | undefined;

  const member = leaseHolder({
    api,
    namespace,
    name: myName,
    identity: me,
    labels: { ...labels, [memberLabel]: 'true' },
    annotations: () => ({ [leavingAnnotation]: `${isStopping}` }),
    timing,
    now,
    unixNow,
    sleep,
    onTrouble: trouble,
  });
  const { enter, leave } = given;
  const own = { holder: me, member, enter, leave, trouble };
  const mine = heldBuckets({ api, namespace, prefix, timeoutSeconds, now, unixNow, ...own });

  const fail = (reason: string, message: string): void => {
    ended.reject(new KubeError(message, { reason }));
    void stop();
  };

  /** Somebody else lives under our identity. */
  const seesStranger = ({ memberOf }: ShardLeases): boolean => {
    const lease = memberOf.get(myName);
    const isOther = lease !== undefined && holderOf(lease) !== undefined && holderOf(lease) !== me;
    const before = stranger;
    stranger = isOther ? lease.metadata.resourceVersion : undefined;
    return isOther && before !== undefined && before !== stranger;
  };

  const agreesOnCount = async (count: number | undefined): Promise<boolean> => {
    if (count === undefined) {
      const body = newLease({ name: prefix, labels, annotations: { [bucketsAnnotation]: `${buckets}` } });
      await api.request('POST', collection, { body, timeoutSeconds });
    }
    return count === undefined || count === buckets;
  };

  const settle = (bucket: number, lease: Lease | undefined, who: Standing, listedAt: number): void => {
    if (mine.isMoving(bucket)) return;
    const own = mine.get(bucket);
    const isWanted = !isStopping && member.held() && rendezvous(who.willing, bucket) === myName;
    const holder = lease === undefined ? undefined : holderOf(lease);
    if (own !== undefined) {
      const isOther = lease === undefined || holder !== me || transitionsOf(lease) !== own.transitions;
      // A list that was asked for before we took it knows nothing of that.
      if (!isWanted || (isOther && own.atSeconds <= listedAt)) mine.leave(bucket, own);
    } else if (isWanted) {
      if (holder === undefined || holder === me || who.isDead(holder)) mine.take(bucket, lease);
    } else if (lease !== undefined && holder === me) mine.release(bucket, lease);
  };

  const forget = async ({ memberOf }: ShardLeases): Promise<void> => {
    for (const [name, { metadata }] of memberOf) {
      if (name === myName || (changes.unchangedSeconds(name) ?? 0) < forgottenAfterSeconds) continue;
      const preconditions = { resourceVersion: metadata.resourceVersion, uid: metadata.uid };
      await api.request('DELETE', `${collection}/${name}`, { body: { preconditions }, timeoutSeconds });
    }
  };

  const look = async (): Promise<void> => {
    const listedAt = now();
    const query = { labelSelector: `${shardsLabel}=${prefix}` };
    const asked = { query, timeoutSeconds, signal: ending.signal };
    const { items } = await api.request<{ items: readonly Lease[] }>('GET', collection, asked);
    const leases = shardLeases(prefix, items);
    changes.look(lifeSigns(prefix, leases));
    const who = standing({ prefix, leases, unchangedSeconds: changes.unchangedSeconds, durationSeconds });
    view = who;
    if (seesStranger(leases))
      return fail(
        'IdentityTaken',
        `another process calls itself ${identity} in ${namespace}/${prefix}: give each replica an identity of its own`,
      );
    if (!(await agreesOnCount(leases.buckets)))
      return fail(
        'BucketsDiffer',
        `the shards of ${namespace}/${prefix} have ${leases.buckets} buckets, the settings say ${buckets}: set ${leases.buckets}, or stop all replicas and delete the Leases labelled ${shardsLabel}=${prefix}`,
      );
    mine.leaveWhatIsLost();
    for (let bucket = 0; bucket < buckets; bucket++)
      settle(bucket, leases.bucketLeases.get(bucket), who, listedAt);
    await forget(leases);
  };

  const looking = async (): Promise<void> => {
    await member.tryOnce(ending.signal).catch(trouble);
    const keeping = member.keep(ending.signal);
    while (!ending.signal.aborted) {
      await look().catch((error: unknown) => {
        const isRace = error instanceof KubeError && (error.code === 404 || error.code === 409);
        if (!ending.signal.aborted && !isRace) trouble(error);
      });
      await sleep(lookSeconds, ending.signal).catch(() => {});
    }
    await keeping;
  };

  /** A lost membership is felt when it ends, not at the next answer of a server that may be gone. */
  const guarding = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      mine.leaveWhatIsLost();
      const rest = member.heldForSeconds();
      await sleep(rest > 0 ? rest : lookSeconds, ending.signal).catch(() => {});
    }
  };

  const running = Promise.all([looking(), guarding()]);

  const end = async (): Promise<void> => {
    isStopping = true;
    // Says that it leaves, so that others come for what it releases.
    if (member.held()) await member.tryOnce().catch(trouble);
    await mine.close();
    ending.abort();
    await running;
    await mine.close();
    await member.remove().catch(trouble);
    ended.resolve();
  };
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= end();
    return stopped;
  };
  if (given.signal?.aborted) void stop();
  given.signal?.addEventListener('abort', () => void stop(), { once: true });

  const bucketOfKey = (key: string): number => bucketOf(key, buckets);
  return {
    bucketOf: bucketOfKey,
    owns: (key) => mine.owns(bucketOfKey(key)),
    fence: (key, signal) => mine.fence(bucketOfKey(key), signal),
    members: () => view?.willing.map((name) => name.slice(memberName(prefix, '').length)) ?? [],
    owned: mine.owned,
    stop,
    ended: ended.promise,
  };
};
