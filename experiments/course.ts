import type { Decision, Observation, Spec } from '#core/model';
import type { PolicySettings } from '#core/policy';
import type { PolicyEntry } from '#policies/registry';
import { lossy } from '#simulator/lossy';
import type { Totals } from '#simulator/workload';
import { simulatedWorld } from '#simulator/world';
import { fold } from '#workflows/fold';
import type { TrialSettings } from './judge-settings.ts';

export const preset = { minReplicas: 1, sloSeconds: 0.25 };

export const specOf = (s: TrialSettings, entry: PolicyEntry): Spec => ({
  minReplicas: s.minReplicas ?? preset.minReplicas,
  maxReplicas: s.maxReplicas,
  intervalSeconds: entry.intervalSeconds ?? s.intervalSeconds,
  capacityPerReplica: s.capacity,
  startUpSeconds: s.startUpSeconds,
  sloSeconds: s.sloSeconds ?? preset.sloSeconds,
  latePrice: s.latePrice,
  switchPrice: s.switchPrice,
  metricAgeSeconds: entry.metricAgeSeconds ?? s.metricAge,
});

export type Watcher = (decision: Decision, observation: Observation) => void;

/** One policy under one load. */
export type Course = {
  readonly entry: PolicyEntry;
  readonly name: string;
  readonly settings: PolicySettings;
  readonly arrivals: Float64Array;
  /** Where the load ends. */
  readonly to: number;
  readonly judge: TrialSettings;
  readonly onDecision?: Watcher | undefined;
};

export const costOf = ({ replicaSeconds, lateRequests }: Readonly<Totals>, latePrice: number): number =>
  replicaSeconds / 3600 + latePrice * lateRequests;

/** A policy in its world; `until` lives on to a second of the load. */
export const begin = ({ entry, name, settings, arrivals, to, judge, onDecision }: Course) => {
  const truth = specOf(judge, entry);
  const spec = {
    ...truth,
    capacityPerReplica: truth.capacityPerReplica * (judge.capacityBelief ?? 1),
    startUpSeconds: truth.startUpSeconds * (judge.startUpBelief ?? 1),
  };
  const { serviceVariation, tailPower, startUpVariation, retryShare, seed } = judge;
  const untold = { serviceVariation, tailPower, startUpVariation, retryShare, seed };
  const world = simulatedWorld({ arrivals, spec: truth, ...untold });
  const missing = judge.missingShare ?? 0;
  const go = fold({
    world: { ...world, endsAt: to, read: missing > 0 ? lossy(world.read, missing, seed) : world.read },
    policy: entry.make({ spec, seed, settings }),
    spec,
    seed,
    target: name,
    view: entry.sees,
    learns: entry.learns,
    ...(onDecision === undefined ? {} : { onDecision }),
  });
  const { advance, now, reset, totals } = world.workload;
  return {
    until: (second: number): void => {
      go(now(), second);
      advance(second);
    },
    reset,
    totals,
  };
};
