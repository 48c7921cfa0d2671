import type { Clock } from '#ports';
import { type KubeApi, KubeError } from './api.ts';
import { type PolicyStatus, policyPath } from './scaling-policy.ts';
import type { TokenBucket } from './token-bucket.ts';

export type PolicyRef = { readonly namespace: string; readonly name: string; readonly uid: string };

export type StatusWriter = {
  /** Returns at once. Of several for one policy the newest is written. */
  write(policy: PolicyRef, status: PolicyStatus): void;
  /** What waits for it is dropped. */
  forget(policy: PolicyRef): void;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
};

const firstRetrySeconds = 1;
const longestRetrySeconds = 60;

/** The whole status in one, as long as the policy is still the one that it is of and not another of its name. */
export const statusPatch = ({ uid }: PolicyRef, status: PolicyStatus): readonly object[] => [
  { op: 'test', path: '/metadata/uid', value: uid },
  { op: 'add', path: '/status', value: status },
];

/** The policy is gone: nobody waits for this status any more. */
const isMoot = (error: unknown): boolean => error instanceof KubeError && error.code === 404;

/** To send the same again would be in vain: the status has another form, or the policy another UID. */
const isRefused = (error: unknown): boolean =>
  error instanceof KubeError && (error.code === 400 || error.code === 422);

const retryAfter = (error: unknown, failures: number): number =>
  Math.max(
    error instanceof KubeError ? (error.retryAfterSeconds ?? 0) : 0,
    Math.min(longestRetrySeconds, firstRetrySeconds * 2 ** (failures - 1)),
  );

/** Writes statuses: one at a time for each policy, all of them at the pace of one bucket, again after a failure. */
export const statusWriter = (given: {
  readonly api: Pick<KubeApi, 'request'>;
  readonly clock: Clock;
  readonly bucket: TokenBucket;
  readonly onFault: (policy: PolicyRef, error: unknown) => void;
  readonly signal?: AbortSignal | undefined;
}): StatusWriter => {
  const { api, clock, bucket, onFault, signal } = given;
  const waiting = new Map<string, PolicyStatus>();
  const busy = new Map<string, Promise<void>>();

  const send = (policy: PolicyRef, status: PolicyStatus): Promise<unknown> =>
    api.request('PATCH', `${policyPath(policy.namespace, policy.name)}/status`, {
      patch: 'json',
      body: statusPatch(policy, status),
      signal,
    });

  const attempt = async (policy: PolicyRef, status: PolicyStatus, failures: number): Promise<number> => {
    try {
      await send(policy, status);
      return 0;
    } catch (error) {
      signal?.throwIfAborted();
      if (isMoot(error)) return 0;
      onFault(policy, error);
      if (isRefused(error)) return 0;
      if (!waiting.has(policy.uid)) waiting.set(policy.uid, status);
      await clock.until(clock.now() + retryAfter(error, failures + 1), signal);
      return failures + 1;
    }
  };

  const drain = async (policy: PolicyRef): Promise<void> => {
    let failures = 0;
    try {
      while (waiting.has(policy.uid)) {
        await clock.until(bucket.take(clock.now()), signal);
        // Taken as late as can be: what came meanwhile is newer.
        const status = waiting.get(policy.uid);
        waiting.delete(policy.uid);
        if (status !== undefined) failures = await attempt(policy, status, failures);
      }
    } catch (error) {
      if (signal?.aborted !== true) onFault(policy, error);
    } finally {
      // In the same turn in which nothing was left: what is written from now on begins anew.
      waiting.delete(policy.uid);
      busy.delete(policy.uid);
    }
  };

  return {
    write: (policy, status) => {
      if (signal?.aborted) return;
      waiting.set(policy.uid, status);
      if (!busy.has(policy.uid)) busy.set(policy.uid, drain(policy));
    },
    forget: ({ uid }) => void waiting.delete(uid),
    idle: async () => {
      while (busy.size > 0) await Promise.all(busy.values());
    },
  };
};
