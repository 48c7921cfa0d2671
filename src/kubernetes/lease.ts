import { type KubeApi, KubeError } from './api.ts';
import { lastChanges } from './last-changes.ts';
import {
  holderOf,
  type Lease,
  type LeaseSpec,
  leasesPath,
  microTime,
  newLease,
  transitionsOf,
} from './lease-object.ts';

export type LeaseTiming = {
  /** Others may take a Lease that did not change for so long. */
  readonly durationSeconds?: number;
  readonly renewSeconds?: number;
  /** How often it is tried to get a Lease that somebody else holds. */
  readonly retrySeconds?: number;
};

/** Renewed each 2 s of 12, so that two tries of 3 s fit into the 8 s for which we may trust it. */
export const leaseTiming = ({
  durationSeconds = 12,
  renewSeconds = durationSeconds / 6,
  retrySeconds = durationSeconds / 6,
}: LeaseTiming): Required<LeaseTiming> => ({ durationSeconds, renewSeconds, retrySeconds });

export type LeaseHolder = {
  /** Renews, takes what is free or given up, or sees that somebody else has it. Rejects when the server did not answer. */
  tryOnce(signal?: AbortSignal): Promise<boolean>;
  /** By our own clock, without asking anybody. */
  held(): boolean;
  /** For how long, unless it is renewed; zero or less: it is not held. */
  heldForSeconds(): number;
  /** How often the Lease has been acquired by then; of the last time that it was ours. */
  transitions(): number;
  /** Asks the server whether it is still ours, and was without an end since it was acquired. */
  check(signal?: AbortSignal): Promise<{ readonly held: boolean; readonly transitions: number }>;
  /** Gives it back for others to take at once; harmless if it is not ours. */
  release(): Promise<void>;
  /** Removes it altogether. */
  remove(): Promise<void>;
  /** Tries and renews until the signal ends it; then it is to be released, or runs out. */
  keep(signal: AbortSignal): Promise<void>;
};

/** A loss that is answered, in contrast to a server that does not answer. */
const isAnswer = (error: unknown, ...codes: readonly number[]): boolean =>
  error instanceof KubeError && error.code !== undefined && codes.includes(error.code);

/**
 * One Lease, held or not. It is safe as long as clocks of different machines run equally fast; what they show does not
 * matter. Ours is counted from before a renewal was sent to two thirds of the duration, that of others from when their
 * renewal was seen to all of it.
 */
export const leaseHolder = (given: {
  readonly api: KubeApi;
  readonly namespace: string;
  readonly name: string;
  /** No other process may have the same. */
  readonly identity: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Asked at each write. */
  readonly annotations?: () => Readonly<Record<string, string>>;
  readonly timing?: LeaseTiming;
  /** Seconds of a clock that never steps back. */
  readonly now: () => number;
  /** Unix seconds; only for those who read the Lease. */
  readonly unixNow: () => number;
  /** Rejects with the signal's reason. */
  readonly sleep: (seconds: number, signal?: AbortSignal) => Promise<void>;
  /** Told what went wrong in `keep`. */
  readonly onTrouble?: (error: unknown) => void;
}): LeaseHolder => {
  const { api, namespace, name, identity, now, unixNow, sleep } = given;
  const { durationSeconds, renewSeconds, retrySeconds } = leaseTiming(given.timing ?? {});
  const collection = leasesPath(namespace);
  const path = `${collection}/${encodeURIComponent(name)}`;
  const heldSeconds = (durationSeconds * 2) / 3;
  const changes = lastChanges({ now, gapSeconds: durationSeconds });
  let renewedAt = Number.NEGATIVE_INFINITY;
  /** As it was when it was last ours. */
  let mine: Lease | undefined;
  let transitions = 0;

  const heldForSeconds = (): number => renewedAt + heldSeconds - now();
  const held = (): boolean => heldForSeconds() > 0;

  const asked = (signal: AbortSignal | undefined) => ({ signal, timeoutSeconds: durationSeconds / 4 });

  const write = async (from: Lease | undefined, acquired: number | undefined, signal?: AbortSignal) => {
    const sentAt = now();
    const at = microTime(unixNow());
    const spec: LeaseSpec = {
      ...from?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(durationSeconds),
      renewTime: at,
      ...(acquired !== undefined && { acquireTime: at, leaseTransitions: acquired }),
    };
    const metadata = {
      ...(from?.metadata ?? { name, namespace }),
      labels: { ...from?.metadata.labels, ...given.labels },
      annotations: { ...from?.metadata.annotations, ...given.annotations?.() },
    };
    const body = newLease(metadata, spec);
    const written =
      from === undefined
        ? await api.request<Lease>('POST', collection, { ...asked(signal), body })
        : await api.request<Lease>('PUT', path, { ...asked(signal), body });
    // A write that changes nothing is answered like any other, but nobody sees it.
    if (written.metadata.resourceVersion === from?.metadata.resourceVersion) return false;
    mine = written;
    if (acquired !== undefined) transitions = acquired;
    renewedAt = sentAt;
    return true;
  };

  const read = async (signal?: AbortSignal): Promise<Lease | undefined> => {
    try {
      return await api.request<Lease>('GET', path, asked(signal));
    } catch (error) {
      if (isAnswer(error, 404)) return undefined;
      throw error;
    }
  };

  const mayTake = (lease: Lease): boolean => {
    const holder = holderOf(lease);
    // A write of ours whose answer was lost is ours too.
    if (holder === undefined || holder === identity) return true;
    const theirs = Math.max(durationSeconds, lease.spec?.leaseDurationSeconds ?? 0);
    return (changes.unchangedSeconds(name) ?? 0) >= theirs;
  };

  const acquire = async (signal?: AbortSignal): Promise<boolean> => {
    const lease = await read(signal);
    changes.look(lease === undefined ? [] : [[name, lease.metadata.resourceVersion ?? '']]);
    if (lease !== undefined && !mayTake(lease)) return false;
    return write(lease, (lease === undefined ? 0 : transitionsOf(lease)) + 1, signal);
  };

  const tryOnce = async (signal?: AbortSignal): Promise<boolean> => {
    try {
      if (mine !== undefined && held()) {
        try {
          return await write(mine, undefined, signal);
        } catch (error) {
          if (!isAnswer(error, 404, 409)) throw error;
          // Somebody else wrote it. Whoever that was, what was ours is over unless it still names us.
          const lease = await read(signal);
          if (
            lease !== undefined &&
            holderOf(lease) === identity &&
            transitionsOf(lease) === transitions &&
            held()
          )
            return await write(lease, undefined, signal);
          mine = undefined;
          renewedAt = Number.NEGATIVE_INFINITY;
        }
      }
      return await acquire(signal);
    } catch (error) {
      if (isAnswer(error, 404, 409)) return false;
      throw error;
    }
  };

  const end = async (how: (lease: Lease) => Promise<unknown>): Promise<void> => {
    const lease = mine;
    mine = undefined;
    renewedAt = Number.NEGATIVE_INFINITY;
    if (lease === undefined) return;
    try {
      await how(lease).catch(async (error: unknown) => {
        if (!isAnswer(error, 409)) throw error;
        // Perhaps a renewal of ours whose answer was lost.
        const now = await read();
        if (now !== undefined && holderOf(now) === identity) await how(now);
      });
    } catch (error) {
      if (!isAnswer(error, 404, 409)) throw error;
    }
  };
  const release = (): Promise<void> =>
    end((lease) =>
      api.request('PUT', path, {
        ...asked(undefined),
        body: newLease(lease.metadata, { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 }),
      }),
    );

  return {
    tryOnce,
    held,
    heldForSeconds,
    transitions: () => transitions,
    check: async (signal) => {
      const lease = await read(signal);
      const isMine =
        lease !== undefined && holderOf(lease) === identity && transitionsOf(lease) === transitions;
      return { held: isMine && held(), transitions: lease === undefined ? 0 : transitionsOf(lease) };
    },
    release,
    remove: () =>
      end(({ metadata: { resourceVersion, uid } }) =>
        api.request('DELETE', path, {
          ...asked(undefined),
          body: { preconditions: { resourceVersion, uid } },
        }),
      ),
    keep: async (signal) => {
      while (!signal.aborted) {
        const begunAt = now();
        const isHeld = await tryOnce(signal).catch((error: unknown) => {
          if (!signal.aborted) given.onTrouble?.(error);
          return false;
        });
        const rest = begunAt + (isHeld ? renewSeconds : retrySeconds) - now();
        await sleep(Math.max(rest, 0), signal).catch(() => {});
      }
    },
  };
};
