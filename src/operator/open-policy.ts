import { hpaBounds } from '#adapters/scalers/hpa-bounds';
import { type KubernetesScaler, kubernetesScaler } from '#adapters/scalers/kubernetes';
import type { Config, KubernetesConfig } from '#config';
import { type Target, targetKey } from '#core/model';
import type { PolicySettings } from '#core/policy';
import { seedOf } from '#core/random';
import type { Shelf } from '#core/shelf';
import type { Plan } from '#kubernetes/policy-plan';
import type { Cluster } from '#operator/cluster';
import { lookOffsetSeconds } from '#operator/look-offset';
import { type PolicyLife, policyLife } from '#operator/policy-life';
import { policySource } from '#operator/policy-source';
import { targetTrouble } from '#operator/target-trouble';
import { policies } from '#policies/registry';
import type { Clock, Store } from '#ports';
import { recall } from '#workflows/recall';
import { type TargetMemo, targetMemo } from '#workflows/target-memo';
import type { Watched } from '#workflows/turns';

/** The first decision falls so soon, whatever the interval; what was made with a new policy may take a moment to be seen. */
const newLookWithinSeconds = 3;
/** After a start or a hand-over: openings are spread by themselves. */
const nextLookWithinSeconds = 1;
/** A target that is not there may be made at any moment, and most are looked up in what is watched anyway. */
const missingTargetSeconds = 5;

const retrySeconds = (error: unknown): number | undefined => {
  const state = targetTrouble(error)?.state;
  return state === 'not-found' || state === 'without-autoscaler' ? missingTargetSeconds : undefined;
};

/** One cluster has many who learn: unless a policy says otherwise, each keeps as much of its past as the configuration says. */
const withPast = ({ name, settings }: Plan['policy'], pastSeconds: number): PolicySettings =>
  'pastSeconds' in policies[name]!.settings ? { pastSeconds, ...settings } : settings;

/** What we know of our right to look after a policy. */
export type Claim = {
  /** Asks the API server whether it is still ours; resolves with the transition count of its Lease. */
  fence(signal?: AbortSignal): Promise<number>;
  transitions(): number | undefined;
};

export type OpenPolicy = {
  readonly watched: Omit<Watched, 'onKept'>;
  readonly memo: TargetMemo;
  readonly life: PolicyLife;
  readonly damaged: readonly number[];
  close(): void;
};

/** All that the loop of one policy needs, as it was left by whoever looked after it before. */
export const openPolicy = async (given: {
  readonly plan: Plan;
  readonly config: Config & { readonly kubernetes: KubernetesConfig };
  readonly cluster: Cluster;
  readonly store: Store;
  readonly clock: Clock;
  readonly shelf: Shelf;
  readonly claim: Claim;
  /** Of the resource as it is now. */
  readonly pauses: () => Plan['pauses'];
  readonly onFault: (target: Target, error: unknown) => void;
}): Promise<OpenPolicy> => {
  const { plan, claim, config, cluster, store, clock } = given;
  const { target, spec, policy } = plan;
  const key = { cluster: config.cluster, target, policy: policy.name };
  const { historySeconds } = config.loop;
  const { cluster: inCluster } = config;
  const [memo, known, { items }] = await Promise.all([
    targetMemo(store, key, clock.now),
    recall({
      store,
      cluster: inCluster,
      target,
      spec,
      policy: policy.name,
      atSeconds: clock.now(),
      historySeconds,
    }),
    store.decisions({ target, cluster: inCluster, outcome: 'scaled', limit: 1 }),
  ]);
  const [scaled] = items;
  const made = policies[policy.name]!.make({
    spec,
    seed: (config.seed ^ seedOf(targetKey(target))) >>> 0,
    settings: withPast(policy, config.learning.pastSeconds),
    snapshot: known.snapshot,
    history: known.history,
    beside: true,
    shelf: given.shelf,
  });
  const doors = {
    api: cluster.api,
    view: cluster.view,
    neighbours: cluster.neighbours,
    unschedulable: cluster.unschedulable,
    fence: async (_: Target, signal?: AbortSignal) => {
      // What could not be kept is not done: who cannot write these few bytes could not write the record either.
      await memo.keep({});
      return claim.fence(signal);
    },
    now: clock.now,
    sleep: cluster.world.sleep,
    manualHoldSeconds: () => plan.manualHoldSeconds,
    lastWritten: () => scaled && { replicas: scaled.decision.to, atSeconds: scaled.atSeconds },
    unschedulableAfterSeconds: 2 * spec.startUpSeconds,
  };
  const scaler: KubernetesScaler =
    plan.actuator === 'hpaBounds'
      ? hpaBounds({ ...doors, minReplicas: () => spec.minReplicas })
      : kubernetesScaler(doors);
  const source = policySource(plan, cluster.sourcesFor(spec.intervalSeconds), config.kubernetes.servers);
  const life = policyLife({
    plan,
    memo,
    cluster: config.cluster,
    now: clock.now,
    onFault: (error) => given.onFault(target, error),
  });
  return {
    memo,
    life,
    damaged: known.damaged,
    watched: {
      target,
      spec,
      mode: life.mode,
      policy: made,
      source,
      scaler,
      clock,
      memory: known.memory,
      savedExperience: known.snapshot?.experience,
      pauses: () => [...memo.pausesByClock(), ...given.pauses()],
      circumstances: life.circumstances,
      asked: { uid: plan.object.uid, generation: plan.object.generation },
      leaseTransitions: claim.transitions,
      offsetSeconds: lookOffsetSeconds(target, spec),
      firstLookWithinSeconds: known.memory.recent.length === 0 ? newLookWithinSeconds : nextLookWithinSeconds,
      retrySeconds,
    },
    close: () => {
      source.close();
      scaler.forget(target);
    },
  };
};
