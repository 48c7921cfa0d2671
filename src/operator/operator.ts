import type { Config, KubernetesConfig } from '#config';
import { type Target, targetKey } from '#core/model';
import { seedOf } from '#core/random';
import { KubeError } from '#kubernetes/api';
import { type EventRecorder, eventRecorder } from '#kubernetes/events';
import { type Mirror, mirror } from '#kubernetes/mirror';
import { policiesPath, type ScalingPolicy } from '#kubernetes/scaling-policy';
import { type Shards, shards } from '#kubernetes/shards';
import { type StatusWriter, statusWriter } from '#kubernetes/status-writer';
import { tokenBucket } from '#kubernetes/token-bucket';
import { type Cluster, openCluster } from '#operator/cluster';
import { byTarget } from '#operator/policies-by-target';
import { type PolicyCare, policyCare } from '#operator/policy-care';
import { tending } from '#operator/tending';
import { beginningOf, planning, policyKey, type Wanted, wishes } from '#operator/wanted';
import type { Clock } from '#ports';
import type { OpenTelemetry } from '#telemetry/telemetry';
import type { Pupil } from '#workflows/learning';
import type { TargetMemo } from '#workflows/target-memo';
import type { House, Watched } from '#workflows/turns';

/** Of all policies of this replica together. */
const statusesPerSecond = 10;
const eventsPerSecond = 5;
/** Policies that read their past from the store at the same time. */
const openings = 8;

export type Operator = {
  /** Looks after the policies of the cluster until the signal; then hands them over. */
  run(signal: AbortSignal): Promise<void>;
  ready(): { readonly ok: boolean; readonly reasons: readonly string[] };
  /** Those who learn beside the loop, as they come and go. */
  pupils(): readonly Pupil[];
  memoOf(target: Target): TargetMemo | undefined;
  /** A cycle of this target came to nothing. */
  abandoned(target: Target, error: unknown, failuresInARow: number): void;
};

type Running = {
  readonly cluster: Cluster;
  readonly policies: Mirror<ScalingPolicy>;
  readonly shares: Shards;
  readonly events: EventRecorder;
  readonly statuses: StatusWriter;
};

/** Reads ScalingPolicies, looks after those that are its share of them, and tells the cluster what becomes of them. */
export const openOperator = (given: {
  readonly config: Config & { readonly kubernetes: KubernetesConfig };
  readonly identity: string;
  /** Of this process alone. */
  readonly instance: string;
  readonly house: House;
  readonly telemetry: OpenTelemetry;
  readonly clock: Clock;
  readonly lookAfter: (watched: Watched, signal: AbortSignal) => Promise<void>;
}): Operator => {
  const { config, identity, house, telemetry, clock } = given;
  const { kubernetes } = config;
  const { log } = telemetry;
  const cared = new Map<string, PolicyCare>();
  const entered = new Map<number, number>();
  const targets = byTarget();
  let running: Running | undefined;
  let reasons: readonly string[] = ['the API server has not been reached yet'];

  const inScope = ({ metadata: { namespace = '' } }: ScalingPolicy): boolean =>
    kubernetes.namespaces.length === 0 || kubernetes.namespaces.includes(namespace);

  /** A target may have two policies: this is the one whose loop runs. */
  const caringFor = (target: Target): PolicyCare | undefined => {
    const key = targetKey(target);
    return [...cared.values()].find((one) => targetKey(one.target) === key && one.memo() !== undefined);
  };

  const start = async (signal: AbortSignal): Promise<Running> => {
    const cluster = await openCluster({
      config: kubernetes,
      clock,
      seed: seedOf(identity),
      signal,
      apiVersionOf: targets.apiVersionOf,
    });
    const onFault = (error: unknown): void => log.warn({ err: error }, 'not told to the cluster');
    const written = { api: cluster.api, clock, signal };
    const statuses = statusWriter({
      ...written,
      bucket: tokenBucket({ perSecond: statusesPerSecond, burst: 10 * statusesPerSecond }),
      onFault: (_, error) => onFault(error),
    });
    const events = eventRecorder({
      ...written,
      bucket: tokenBucket({ perSecond: eventsPerSecond, burst: 10 * eventsPerSecond }),
      instance: identity,
      onFault,
    });
    const policies: Mirror<ScalingPolicy> = mirror<ScalingPolicy, ScalingPolicy>({
      ...cluster.world,
      path: policiesPath,
      keep: (policy) => policy,
      onChange: ({ namespace, name, now, before }) => {
        const affected = targets.changed(before, now);
        for (const key of new Set([`${namespace}/${name}`, ...affected.map(policyKey)])) void care.tend(key);
      },
      onTrouble: (error) => log.warn({ err: error }, 'policies could not be read'),
    });
    const wished = wishes({ all: policies, rivals: targets.of, planning: planning(kubernetes) });
    const isMine = (key: string): boolean => entered.has(shares.bucketOf(key));
    const wanted = (key: string): Wanted | undefined => {
      if (!isMine(key)) return undefined;
      const slash = key.indexOf('/');
      const wish = wished.of(key.slice(0, slash), key.slice(slash + 1));
      return wish !== undefined && inScope(wish.resource) ? wish : undefined;
    };
    const care = tending<Wanted>({
      wanted,
      beginning: beginningOf,
      concurrency: openings,
      later: (seconds, call) =>
        void cluster.world.sleep(seconds, signal).then(call, () => {
          // The end needs no further attempt.
        }),
      onFault: (key, error) => log.error({ policy: key, err: error }, 'the policy could not be opened'),
      open: async (key, wish) => {
        const bucket = shares.bucketOf(key);
        const opened = await policyCare({
          wish,
          config,
          cluster,
          statuses,
          events,
          house,
          telemetry,
          clock,
          owner: identity,
          fence: (abort) => shares.fence(key, abort),
          leaseTransitions: () => entered.get(bucket),
          lookAfter: given.lookAfter,
        });
        cared.set(key, opened);
        return {
          update: opened.update,
          close: async () => {
            cared.delete(key);
            await opened.close();
            // Of two policies for one target only one looks after it: its series stay when the other goes.
            if (wanted(key) === undefined && caringFor(opened.target) === undefined)
              telemetry.forget(opened.target);
          },
        };
      },
    });
    const inBucket = (bucket: number): readonly string[] =>
      [...policies.items()].map(policyKey).filter((key) => shares.bucketOf(key) === bucket);
    const { namespace, prefix, buckets, ...timing } = kubernetes.leases;
    const { now, sleep } = cluster.world;
    const shares: Shards = shards({
      api: cluster.api,
      namespace,
      prefix,
      identity,
      instance: given.instance,
      buckets,
      timing,
      now,
      unixNow: clock.now,
      sleep,
      onTrouble: (error) => log.warn({ err: error }, 'the share of this replica'),
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
    return { cluster, policies, shares, events, statuses };
  };

  return {
    run: async (signal) => {
      // What is watched ends after all was handed over: until then its word is needed.
      const over = new AbortController();
      running = await start(over.signal);
      const { cluster, policies, shares, statuses, events } = running;
      reasons = ['the policies have not been listed yet'];
      const stopped = new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      try {
        await Promise.race([policies.synced, stopped]);
        reasons = [];
        await Promise.race([stopped, shares.ended]);
      } finally {
        reasons = ['stopping'];
        await shares.stop().catch((error: unknown) => log.warn({ err: error }, 'Leases were not released'));
        const patience = cluster.world.sleep(2, over.signal).catch(() => undefined);
        await Promise.race([Promise.all([statuses.idle(), events.idle()]), patience]);
        over.abort(new KubeError('the operator has ended', { reason: 'Ended' }));
        cluster.close();
      }
    },
    ready: () => ({ ok: reasons.length === 0, reasons }),
    pupils: () => [...cared.values()].flatMap(({ pupil }) => pupil() ?? []),
    memoOf: (target) => caringFor(target)?.memo(),
    abandoned: (target, error, failuresInARow) => caringFor(target)?.abandoned(error, failuresInARow),
  };
};
