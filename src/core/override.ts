import type { Holder } from '#core/circumstances';

/**
 * Who else set the size? Told from what we last wrote, the size that is there, and the newest entry of managedFields
 * that is not ours and owns the size. All times are those of the API server, so that our own clock cannot mislead.
 */
export type Write = {
  readonly manager: string;
  /** `Update`, or `Apply` of a whole manifest. */
  readonly operation: string;
  /** `scale` where it was written through it. */
  readonly subresource?: string | undefined;
  /** managedFields know whole seconds. */
  readonly atSeconds: number | undefined;
};

export type Sight = {
  /** Undefined: we never wrote to this object, or it is another one of the same name. Then nothing of ours was overridden. */
  readonly wrote: { readonly replicas: number; readonly atSeconds: number } | undefined;
  readonly replicas: number;
  readonly foreign: Write | undefined;
  readonly nowSeconds: number;
  /** How long a person's size is left alone. */
  readonly manualHoldSeconds: number;
};

/** To be given back at the next look. */
export type Override = {
  readonly holder?: Holder | undefined;
  /** Our writes that manifests undid: when they were made, newest last. */
  readonly undone: readonly number[];
};

export const noOverride: Override = { undone: [] };

/**
 * A controller that is still there shows itself otherwise, or writes again. Its trace alone holds so long, else the trace
 * of one that is gone would hold for ever.
 */
const controllerHoldSeconds = 600;
/** Manifests that undo a size do so each time; after this it is tried whether somebody has mended them. */
const gitOpsHoldSeconds = 3600;
/** Two undone writes so near to each other, the hold between them not counted, are no coincidence. */
const gitOpsWithinSeconds = 600;

const gitOps = new Set([
  'argocd-controller',
  'argocd-application-controller',
  'kustomize-controller',
  'helm-controller',
  'helm',
]);
const controllerName = /autoscaler|[-.](controller|operator|manager)(-manager)?$/;

const kindOf = ({ manager, subresource }: Write): Holder['reason'] => {
  const name = manager.toLowerCase();
  if (name === 'kube-controller-manager' && subresource === 'scale') return 'HorizontalPodAutoscaler';
  if (name === 'keda-operator') return 'ScaledObject';
  if (gitOps.has(name)) return 'GitOps';
  return controllerName.test(name) ? 'ForeignWriter' : 'ManualScaling';
};

const held = (holder: Holder, nowSeconds: number): { readonly holder?: Holder } =>
  nowSeconds < (holder.untilSeconds ?? Number.POSITIVE_INFINITY) ? { holder } : {};

export const override = (before: Override, sight: Sight): Override => {
  const { wrote, replicas, foreign, nowSeconds, manualHoldSeconds } = sight;
  if (wrote === undefined) return noOverride;
  const wroteAt = Math.floor(wrote.atSeconds);
  const at = foreign?.atSeconds ?? wroteAt;
  if (foreign === undefined || replicas === wrote.replicas || at < wroteAt) return { undone: before.undone };
  const writer = foreign.manager === '' ? 'somebody without a name' : foreign.manager;
  const reason = kindOf(foreign);
  const manually = (undone: readonly number[]): Override => ({
    undone,
    ...held({ writer, reason: 'ManualScaling', untilSeconds: at + manualHoldSeconds }, nowSeconds),
  });
  if (reason === 'ManualScaling') return manually(before.undone);
  if (reason !== 'GitOps')
    return {
      undone: before.undone,
      ...held({ writer, reason, untilSeconds: at + controllerHoldSeconds }, nowSeconds),
    };
  const near = before.undone.filter((one) => wroteAt - one <= manualHoldSeconds + gitOpsWithinSeconds);
  const undone = near.includes(wroteAt) ? near : [...near, wroteAt];
  return undone.length < 2
    ? manually(undone)
    : { undone, ...held({ writer, reason, untilSeconds: at + gitOpsHoldSeconds }, nowSeconds) };
};
