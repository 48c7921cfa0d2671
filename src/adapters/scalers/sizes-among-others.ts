import type { Target } from '#core/model';
import type { FieldWriter } from '#kubernetes/field-writers';
import type { Seen } from '#kubernetes/target-view';
import type { Sizes } from '#ports';
import type { KubernetesScalerSettings } from './kubernetes.ts';
import { changeOf, rolloutIn, type TargetMemory, writtenOver } from './target-memory.ts';

/** A target's sizes, and who else has a say in them. */
export const sizesAmongOthers = async (
  settings: Pick<KubernetesScalerSettings, 'view' | 'neighbours' | 'manualHoldSeconds'>,
  given: {
    readonly target: Target;
    readonly seen: Seen;
    readonly memory: TargetMemory;
    readonly desired: number;
    /** The number that we set, and who wrote it after us. */
    readonly set: { readonly replicas: number; readonly writers: readonly FieldWriter[] };
    readonly nowSeconds: number;
    readonly hpaIsOurs?: boolean;
  },
  signal?: AbortSignal,
): Promise<Sizes> => {
  const { view, neighbours, manualHoldSeconds } = settings;
  const { target, seen, memory, desired, set, nowSeconds, hpaIsOurs = false } = given;
  const { namespace } = target;
  const { podLabels = {} } = seen;
  // Pods that are ready and no longer wanted are on their way out.
  const ready = Math.min(seen.ready, desired);
  const starting = desired - ready;
  const [autoscaler, floor, unschedulable] = await Promise.all([
    neighbours.holder(namespace, view.refOf(target), { hpaIsOurs }, signal),
    neighbours.floor(namespace, podLabels, desired, signal),
    memory.stuck({ starting, namespace, seen }, signal),
  ]);
  const writer = writtenOver(memory, { ...set, nowSeconds, manualHoldSeconds: manualHoldSeconds(target) });
  return {
    desired,
    ready,
    starting,
    // Changes that others made count too.
    lastScaledAt: changeOf(memory, desired, nowSeconds),
    rollout: rolloutIn(seen, memory),
    unschedulable,
    floor,
    holder: autoscaler ?? writer,
  };
};
