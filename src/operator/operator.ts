import type { Config, KubernetesConfig } from '#config';
import type { Target } from '#core/model';
import type { PolicySettings } from '#core/policy';
import { seedOf } from '#core/random';
import type { Shelf } from '#core/shelf';
import { KubeError } from '#kubernetes/api';
import { openCluster } from '#operator/cluster';
import { byTarget } from '#operator/policies-by-target';
import { type PoliciesInCare, policiesInCare } from '#operator/policies-in-care';
import { policyCare } from '#operator/policy-care';
import { telling } from '#operator/telling';
import type { Clock, DecisionRecord } from '#ports';
import type { OpenTelemetry } from '#telemetry/telemetry';
import type { Pupil } from '#workflows/learning';
import type { TargetMemo } from '#workflows/target-memo';
import type { House, Watched } from '#workflows/turns';

/** At the end nobody waits longer for what was still to be told. */
const lastWordsSeconds = 2;

export type Operator = {
  /** Looks after the policies of the cluster until the signal; then hands them over. */
  run(signal: AbortSignal): Promise<void>;
  ready(): { readonly ok: boolean; readonly reasons: readonly string[] };
  /** Those who learn beside the loop, as they come and go. */
  pupils(): readonly Pupil[];
  memoOf(target: Target): TargetMemo | undefined;
  /** Settings of the policy that made this decision; undefined: the resource is not ours, or has changed since. */
  settingsOf(record: Pick<DecisionRecord, 'target' | 'policy'>): PolicySettings | undefined;
  /** A cycle of this target came to nothing. */
  abandoned(target: Target, error: unknown): void;
};

const unlisted = (error: unknown): string => {
  const isUnknown = error instanceof KubeError && error.code === 404;
  const why = error instanceof Error ? error.message : String(error);
  return `the policies could not be listed: ${isUnknown ? 'this cluster knows no ScalingPolicy; apply manifests/crd' : why}`;
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Reads ScalingPolicies, looks after those that are its share of them, and tells the cluster what becomes of them. */
export const openOperator = (given: {
  readonly config: Config & { readonly kubernetes: KubernetesConfig };
  readonly identity: string;
  /** Of this process alone. */
  readonly instance: string;
  readonly house: House;
  readonly telemetry: OpenTelemetry;
  readonly clock: Clock;
  readonly shelf: Shelf;
  readonly lookAfter: (watched: Watched, signal: AbortSignal) => Promise<void>;
}): Operator => {
  const { config, identity, house, telemetry, clock } = given;
  const { log } = telemetry;
  let policies: PoliciesInCare | undefined;
  let isListed = false;
  let reasons: readonly string[] = ['the API server has not been reached yet'];

  const start = async (signal: AbortSignal) => {
    const targets = byTarget();
    const cluster = await openCluster({
      config: config.kubernetes,
      clock,
      seed: seedOf(identity),
      signal,
      apiVersionOf: targets.apiVersionOf,
    });
    const told = telling({
      api: cluster.api,
      clock,
      identity,
      signal,
      onFault: (error) => log.warn({ err: error }, 'not told to the cluster'),
    });
    policies = policiesInCare({
      config: config.kubernetes,
      cluster,
      targets,
      identity,
      instance: given.instance,
      clock,
      open: (wish, claim) =>
        policyCare({
          wish,
          claim,
          config,
          cluster,
          told,
          house,
          telemetry,
          clock,
          shelf: given.shelf,
          owner: identity,
          lookAfter: given.lookAfter,
        }),
      left: telemetry.forget,
      onTrouble: (what, error) => log.warn({ err: error }, what),
      onUnread: (error) => {
        log.warn({ err: error }, 'the policies could not be read');
        if (!isListed) reasons = [unlisted(error)];
      },
      signal,
    });
    telemetry.watchOperator(policies.figures);
    return { cluster, told, policies };
  };

  return {
    run: async (signal) => {
      // What is watched ends after all was handed over: until then its word is needed.
      const over = new AbortController();
      const { cluster, told, policies } = await start(over.signal);
      const { shares, synced } = policies;
      const stopped = Promise.race([aborted(signal), shares.ended]);
      reasons = ['the policies have not been listed yet'];
      try {
        await Promise.race([synced, stopped]);
        isListed = true;
        reasons = [];
        await stopped;
      } finally {
        reasons = ['stopping'];
        await shares.stop().catch((error: unknown) => log.warn({ err: error }, 'Leases were not released'));
        const patience = cluster.world.sleep(lastWordsSeconds, over.signal).catch(() => {});
        await Promise.race([told.idle(), patience]);
        over.abort(new KubeError('the operator has ended', { reason: 'Ended' }));
        cluster.close();
      }
    },
    ready: () => ({ ok: reasons.length === 0, reasons }),
    pupils: () => [...(policies?.all() ?? [])].flatMap(({ pupil }) => pupil() ?? []),
    memoOf: (target) => policies?.forTarget(target)?.memo(),
    settingsOf: ({ target, policy: { name, uid, generation } }) => {
      const now = policies?.forTarget(target)?.decides();
      return now?.name === name && now.uid === uid && now.generation === generation
        ? now.settings
        : undefined;
    },
    abandoned: (target, error) => policies?.forTarget(target)?.abandoned(error),
  };
};
