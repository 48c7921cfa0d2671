import type { Holder } from '#core/circumstances';
import { type Target, targetKey } from '#core/model';
import { noOverride, type Override, override } from '#core/override';
import type { FieldWriter } from '#kubernetes/field-writers';
import { isRollingOut, settledTemplate } from '#kubernetes/rollout';
import type { Seen } from '#kubernetes/target-view';
import type { UnschedulablePods } from '#kubernetes/unschedulable-pods';
import { foreignOf, type OwnWrite, type Written } from './own-writes.ts';
import { type StuckPods, stuckPods } from './stuck-pods.ts';

/** What a scaler remembers of a target between its cycles. All of it can be lost. */
export type TargetMemory = {
  readonly uid: string;
  readonly stuck: StuckPods;
  /** What we wrote last. */
  own: OwnWrite | undefined;
  /** The size at the last look or write, and when another one was seen. */
  size: number | undefined;
  changedAt: number | undefined;
  /** The template of which all pods were when that was last sure. */
  settled: string | undefined;
  override: Override;
  /** Since when somebody else's number is seen. */
  foreign: { readonly manager: string; readonly replicas: number; readonly since: number } | undefined;
};

export type TargetMemories = {
  /** `holder` is the object in which the number stands: made anew, it begins anew, since nobody scaled it yet. */
  of(target: Target, holder: { readonly uid: string; readonly createdAt: number }): TargetMemory;
  forget(target: Target): void;
};

export const targetMemories = (given: {
  readonly unschedulable: UnschedulablePods;
  readonly now: () => number;
  readonly unschedulableAfterSeconds?: number | undefined;
  readonly lastWritten?: ((target: Target) => Written | undefined) | undefined;
}): TargetMemories => {
  const { unschedulable, now, unschedulableAfterSeconds: afterSeconds = 10 } = given;
  const memories = new Map<string, TargetMemory>();
  return {
    of: (target, { uid, createdAt }) => {
      const key = targetKey(target);
      const known = memories.get(key);
      if (known?.uid === uid) return known;
      const written = known === undefined ? given.lastWritten?.(target) : undefined;
      const made: TargetMemory = {
        uid,
        stuck: stuckPods({ unschedulable, now, afterSeconds }),
        own: written !== undefined && written.atSeconds >= createdAt ? written : undefined,
        size: undefined,
        changedAt: undefined,
        settled: undefined,
        override: noOverride,
        foreign: undefined,
      };
      memories.set(key, made);
      return made;
    },
    forget: (target) => {
      memories.delete(targetKey(target));
    },
  };
};

/** Before the generation is moved by a write of ours: nobody could tell by the next look whether the template moved it. */
export const noteTemplate = ({ workload }: Seen, memory: TargetMemory): void => {
  if (workload !== undefined) memory.settled = settledTemplate(workload) ?? memory.settled;
};

/** What replaces the pods of a kind that is not of apps/v1, and when, is known to its own controller alone. */
export const rolloutIn = (seen: Seen, memory: TargetMemory): boolean => {
  const { workload } = seen;
  if (workload === undefined) return false;
  const rolling = isRollingOut(workload, memory.settled);
  noteTemplate(seen, memory);
  return rolling;
};

/** When the size was changed last, by whomever: to the time of a look where it was not us, for `/scale` keeps no times. */
export const changeOf = (memory: TargetMemory, size: number, nowSeconds: number): number | undefined => {
  if (memory.size !== undefined && memory.size !== size) memory.changedAt = nowSeconds;
  memory.size = size;
  const { own, changedAt } = memory;
  return changedAt === undefined ? own?.atSeconds : Math.max(changedAt, own?.atSeconds ?? changedAt);
};

/** Somebody who wrote over the number that we wrote last. */
export const writtenOver = (
  memory: TargetMemory,
  given: {
    readonly replicas: number;
    readonly writers: readonly FieldWriter[];
    readonly nowSeconds: number;
    readonly manualHoldSeconds: number;
  },
): Holder | undefined => {
  const { own } = memory;
  const { writers, ...sight } = given;
  const { replicas, nowSeconds } = sight;
  const writer = own === undefined || own.replicas === replicas ? undefined : foreignOf(writers);
  if (writer === undefined) memory.foreign = undefined;
  else if (memory.foreign?.manager !== writer.manager || memory.foreign.replicas !== replicas)
    memory.foreign = { manager: writer.manager, replicas, since: nowSeconds };
  const foreign = writer && { ...writer, atSeconds: writer.atSeconds ?? memory.foreign?.since };
  // A write takes the number from all who wrote another, so who owns another than ours wrote after us: whatever our clock says.
  const wrote = own && {
    replicas: own.replicas,
    atSeconds: Math.min(own.atSeconds, foreign?.atSeconds ?? own.atSeconds),
  };
  memory.override = override(memory.override, { ...sight, wrote, foreign });
  return memory.override.holder;
};
