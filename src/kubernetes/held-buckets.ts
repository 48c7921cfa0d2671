import { type KubeApi, KubeError } from './api.ts';
import type { LeaseHolder } from './lease.ts';
import { holderOf, type Lease, leasesPath, microTime, newLease, transitionsOf } from './lease-object.ts';
import { bucketLabel, bucketName, shardsLabel } from './shard-leases.ts';

export type Held = {
  readonly transitions: number;
  readonly lease: Lease;
  readonly atSeconds: number;
  /** The membership under which it was taken: after a gap it is another one. */
  readonly epoch: number;
  leaving: boolean;
};

const notOwner = (bucket: number): KubeError =>
  new KubeError(`bucket ${bucket} is looked after by another replica: nothing is written`, {
    reason: 'NotOwner',
  });

/** The buckets that one replica holds, and how they come and go. What is held is worth as much as the membership. */
export const heldBuckets = (given: {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly prefix: string;
  readonly timeoutSeconds: number;
  readonly holder: string;
  readonly member: Pick<LeaseHolder, 'held' | 'transitions'>;
  readonly enter: (bucket: number, transitions: number) => void;
  readonly leave: (bucket: number) => Promise<void>;
  readonly trouble: (error: unknown) => void;
  readonly now: () => number;
  readonly unixNow: () => number;
}) => {
  const { api, prefix, timeoutSeconds, holder: me, member, trouble, now } = given;
  const collection = leasesPath(given.namespace);
  const held = new Map<number, Held>();
  /** Buckets that change hands at this moment. */
  const moving = new Map<number, Promise<void>>();
  let isClosed = false;

  const isOurs = (own: Held | undefined): own is Held =>
    own !== undefined && member.held() && member.transitions() === own.epoch;

  const write = (bucket: number, from: Lease | undefined, transitions: number, holder: string) => {
    const at = microTime(given.unixNow());
    const name = bucketName(prefix, bucket);
    const labels = { [shardsLabel]: prefix, [bucketLabel]: `${bucket}` };
    const body = newLease(from?.metadata ?? { name, labels }, {
      ...from?.spec,
      holderIdentity: holder,
      leaseTransitions: transitions,
      renewTime: at,
      ...(holder !== '' && { acquireTime: at }),
    });
    return from === undefined
      ? api.request<Lease>('POST', collection, { body, timeoutSeconds })
      : api.request<Lease>('PUT', `${collection}/${name}`, { body, timeoutSeconds });
  };

  /** One thing at a time with each bucket. Who loses a race looks again later. */
  const move = (bucket: number, how: () => Promise<void>): void => {
    const moved = how()
      .catch((error: unknown) => {
        const isRace = error instanceof KubeError && (error.code === 404 || error.code === 409);
        if (!isRace) trouble(error);
      })
      .finally(() => {
        if (moving.get(bucket) === moved) moving.delete(bucket);
      });
    moving.set(bucket, moved);
  };

  const leave = (bucket: number, own: Held): void => {
    if (own.leaving) return;
    own.leaving = true;
    move(bucket, async () => {
      await given.leave(bucket).catch(trouble);
      held.delete(bucket);
      // Else it is somebody else's business by now.
      if (isOurs(own)) await write(bucket, own.lease, own.transitions, '');
    });
  };

  return {
    get: (bucket: number): Held | undefined => held.get(bucket),
    isMoving: (bucket: number): boolean => moving.has(bucket),
    leave,
    owns: (bucket: number): boolean => {
      const own = held.get(bucket);
      return isOurs(own) && !own.leaving;
    },
    owned: (): ReadonlySet<number> =>
      new Set([...held].filter(([, own]) => isOurs(own) && !own.leaving).map(([bucket]) => bucket)),
    /** `from`: the Lease as it was seen; absent, there was none. */
    take: (bucket: number, from: Lease | undefined): void =>
      move(bucket, async () => {
        const epoch = member.transitions();
        const transitions = (from === undefined ? 0 : transitionsOf(from)) + 1;
        const lease = await write(bucket, from, transitions, me);
        const own: Held = { transitions, lease, atSeconds: now(), epoch, leaving: false };
        if (isClosed || !isOurs(own)) {
          await write(bucket, lease, transitions, '');
          return;
        }
        held.set(bucket, own);
        given.enter(bucket, transitions);
      }),
    /** A Lease that names us though we do not hold it: the answer to a write was lost. */
    release: (bucket: number, lease: Lease): void =>
      move(bucket, async () => {
        await write(bucket, lease, transitionsOf(lease), '');
      }),
    leaveWhatIsLost: (): void => {
      for (const [bucket, own] of held) if (!isOurs(own)) leave(bucket, own);
    },
    /** Resolves with the transition count if the server says that the bucket is still ours. */
    fence: async (bucket: number, signal?: AbortSignal): Promise<number> => {
      const own = held.get(bucket);
      if (!isOurs(own)) throw notOwner(bucket);
      const path = `${collection}/${bucketName(prefix, bucket)}`;
      const lease = await api.request<Lease>('GET', path, { signal, timeoutSeconds });
      const isStill = holderOf(lease) === me && transitionsOf(lease) === own.transitions;
      // What is being left may finish what it began: the Lease is released after that.
      if (isStill && held.get(bucket) === own && isOurs(own)) return own.transitions;
      if (!isStill && held.get(bucket) === own) leave(bucket, own);
      throw notOwner(bucket);
    },
    /** Leaves all, takes no more, and waits until that is done. */
    close: async (): Promise<void> => {
      isClosed = true;
      for (const [bucket, own] of held) leave(bucket, own);
      while (moving.size > 0) await Promise.all(moving.values());
    },
  };
};
