import type { Snapshot } from '#core/model';
import type { History } from '#core/policy';
import type { CostState } from '#core/reward';
import { phaseOf } from '#policies/shadow-q/experts/two-lines/feature-history';
import { type Mind, type MindSettings, mind } from '#policies/shadow-q/mind';
import { type Packed, restore } from '#policies/shadow-q/state';

export type SnapshotData = {
  /** Unix second at which the demand history began. */
  readonly startsAt: number;
  /** Steps of the history at the time of the snapshot. */
  readonly historySteps: number;
  readonly stepSeconds: number;
  readonly learning: boolean;
  readonly state: Packed;
  readonly cost: CostState;
};

/** What of a mind is learnt, and not just remembered of this demand history: this moves to another target too. */
const learnt = /^(Q|Qbar|visits|tableScalars|learnerScalars|weights\d|m\d|v\d|mean\d|acting\d)$/;

export type Recalled = { readonly mind: Mind; readonly startsAt: number | undefined };

/**
 * Makes the mind that was: the snapshot's, and then the demand since, step by step. Demand older than the snapshot
 * fills the windows that features look back through. Without demand that reaches the snapshot only what was learnt is
 * kept, and a new history begins.
 */
export const recall = (
  settings: MindSettings,
  snapshot: Snapshot | undefined,
  history: History | undefined,
): Recalled => {
  const data = snapshot?.data as SnapshotData | undefined;
  const counts = history?.counts ?? new Float32Array(0);
  const from = history?.startsAt ?? 0;
  if (data === undefined) {
    const fresh = mind(settings);
    for (const count of counts) fresh.push(count);
    return { mind: fresh, startsAt: counts.length > 0 ? from : undefined };
  }
  const { stepSeconds } = data;
  const phase = phaseOf(stepSeconds, settings.spec.metricAgeSeconds);
  const unknown = Math.max(0, from - data.startsAt);
  const firstStep = unknown === 0 ? 0 : Math.ceil((unknown - phase) / stepSeconds) + 1;
  const begin = firstStep === 0 ? 0 : phase + (firstStep - 1) * stepSeconds;
  const seen = data.historySteps === 0 ? 0 : phase + (data.historySteps - 1) * stepSeconds;
  const reaches =
    counts.length > 0 && firstStep < data.historySteps && from + counts.length >= data.startsAt + seen;
  if (!reaches || stepSeconds !== settings.spec.intervalSeconds) {
    const fresh = mind(settings);
    const state = fresh.state();
    const kept = Object.fromEntries(Object.entries(state).filter(([name]) => learnt.test(name)));
    restore(kept, data.state);
    fresh.restored();
    return { mind: fresh, startsAt: undefined };
  }
  const same = mind({ ...settings, firstStep });
  const at = (second: number): number => counts[second + data.startsAt - from] ?? Number.NaN;
  for (let s = begin; s < seen; s++) same.recall(at(s));
  restore(same.state(), data.state);
  same.restored();
  const end = from + counts.length - data.startsAt;
  for (let s = seen; s < end; s++) same.push(at(s));
  return { mind: same, startsAt: data.startsAt };
};
