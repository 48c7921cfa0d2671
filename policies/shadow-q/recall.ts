import { decodeFloat64, encodeFloats } from '#core/encoding';
import type { Snapshot } from '#core/model';
import type { History } from '#core/policy';
import type { CostState } from '#core/reward';
import { contextCount } from '#policies/shadow-q/context';
import { longestLookSeconds } from '#policies/shadow-q/experts/two-lines/demand-window';
import { phaseOf } from '#policies/shadow-q/experts/two-lines/feature-history';
import { type Mind, mind } from '#policies/shadow-q/mind';
import type { MindSettings } from '#policies/shadow-q/mind-settings';
import type { ServiceState } from '#policies/shadow-q/served/service';
import { fits, type Packed, restore } from '#policies/shadow-q/state';

export type SnapshotData = {
  /** Unix second at which the demand history began. */
  readonly startsAt: number;
  /** Steps of the history at the time of the snapshot. */
  readonly historySteps: number;
  readonly stepSeconds: number;
  readonly ageSeconds: number;
  readonly startUpSeconds: number;
  readonly learning: boolean;
  readonly state: Packed;
  readonly cost: CostState;
  /** Absent in what was stored before it was found out. */
  readonly service?: ServiceState;
};

/** What of a mind is learnt, and not just remembered of this demand history: this moves to another target too. */
const learnt =
  /^(Q|Qbar|visits|tableScalars|learnerScalars|moments|roundSteps|weights\d|m\d|v\d|acting\d|((good|tried)_)?(Q|Qbar|mean\d))$/;

/** Experts are there with or without the learnt nets among them; who has just learnt to learn begins as the shipped ones. */
const tableFor = (learning: boolean, { learning: before, state }: SnapshotData): Packed => {
  if (learning === before) return state;
  const columns = learning ? [0, 0, 1, 2] : [0, 2, 3];
  const width = before ? 4 : 3;
  const moved = (name: string, rows: number): string => {
    const values = decodeFloat64(state[name]!);
    const at = (i: number): number =>
      values[Math.floor(i / columns.length) * width + columns[i % columns.length]!]!;
    return encodeFloats(Float64Array.from({ length: rows * columns.length }, (_, i) => at(i)));
  };
  const [visits] = decodeFloat64(state.tableScalars!);
  return {
    ...state,
    Q: moved('Q', contextCount),
    Qbar: moved('Qbar', 1),
    tableScalars: encodeFloats(Float64Array.of(visits!, 0)),
  };
};

/** A new history under the learnt weights and table. */
const beginAnew = (settings: MindSettings, data: SnapshotData): Mind => {
  const fresh = mind(settings);
  const packed = tableFor(settings.learning, data);
  const kept = Object.entries(fresh.state()).filter(([name]) => learnt.test(name) && name in packed);
  restore(Object.fromEntries(kept), packed);
  fresh.beganAnew();
  return fresh;
};

/** Seconds to leave out at the start of a first history, so that it ends where a step does. */
export const secondsBeforeSteps = (seconds: number, phase: number, stepSeconds: number): number =>
  (((seconds - phase) % stepSeconds) + stepSeconds) % stepSeconds;

export type Recalled = { readonly mind: Mind; readonly startsAt: number | undefined };

/**
 * Makes the mind that was: the snapshot's, and then the demand since, step by step. Demand older than the snapshot
 * fills the windows that features look back through. Without demand that reaches the snapshot, or with another grid of
 * steps, only what was learnt is kept, and a new history begins.
 */
export const recall = (
  settings: MindSettings,
  snapshot: Snapshot | undefined,
  history: History | undefined,
): Recalled => {
  const data = snapshot?.data as SnapshotData | undefined;
  const counts = history?.counts ?? new Float32Array(0);
  const from = history?.startsAt ?? 0;
  const { intervalSeconds: stepSeconds, metricAgeSeconds: ageSeconds, startUpSeconds } = settings.spec;
  const phase = phaseOf(stepSeconds, ageSeconds);
  // One that had seen nothing yet is as good as none.
  if (data === undefined || (data.historySteps === 0 && snapshot?.experience === 0)) {
    const fresh = mind(settings);
    const skipped = secondsBeforeSteps(counts.length, phase, stepSeconds);
    for (const count of counts.subarray(skipped)) fresh.push(count);
    return { mind: fresh, startsAt: counts.length > skipped ? from + skipped : undefined };
  }
  const unknown = Math.max(0, from - data.startsAt);
  const firstStep = unknown === 0 ? 0 : Math.ceil((unknown - phase) / stepSeconds) + 1;
  const begin = firstStep === 0 ? 0 : phase + (firstStep - 1) * stepSeconds;
  const seen = data.historySteps === 0 ? 0 : phase + (data.historySteps - 1) * stepSeconds;
  const reaches =
    counts.length > 0 &&
    firstStep < data.historySteps &&
    (begin === 0 || seen - begin >= longestLookSeconds) &&
    from + counts.length >= data.startsAt + seen;
  const alike =
    stepSeconds === data.stepSeconds &&
    ageSeconds === data.ageSeconds &&
    startUpSeconds === data.startUpSeconds &&
    settings.learning === data.learning;
  if (!reaches || !alike) return { mind: beginAnew(settings, data), startsAt: undefined };
  const same = mind({ ...settings, firstStep, recalledSteps: data.historySteps });
  // One of another version of the policy remembers other things.
  if (!fits(same.state(), data.state)) return { mind: beginAnew(settings, data), startsAt: undefined };
  const at = (second: number): number => counts[second + data.startsAt - from] ?? Number.NaN;
  for (let s = begin; s < seen; s++) same.recall(at(s));
  restore(same.state(), data.state);
  same.restored();
  const end = from + counts.length - data.startsAt;
  for (let s = seen; s < end; s++) same.push(at(s));
  return { mind: same, startsAt: data.startsAt };
};
