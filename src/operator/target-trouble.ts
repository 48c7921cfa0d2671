import { KubeError } from '#kubernetes/api';
import type { TargetFound } from '#kubernetes/policy-facts';

const byReason: Readonly<Record<string, TargetFound['state']>> = {
  UnknownKind: 'unknown-kind',
  NoApiVersion: 'unknown-kind',
  NotScalable: 'without-scale',
  AmbiguousSelector: 'ambiguous-selector',
  NoSelector: 'ambiguous-selector',
  Owned: 'owned',
  NoAutoscaler: 'without-autoscaler',
};
const byCode: Readonly<Record<number, TargetFound['state']>> = { 403: 'forbidden', 404: 'not-found' };

/** What an abandoned cycle says of its target; undefined: nothing, the trouble is elsewhere. */
export const targetTrouble = (error: unknown): TargetFound | undefined => {
  if (!(error instanceof KubeError)) return undefined;
  const state = byReason[error.reason ?? ''] ?? byCode[error.code ?? 0] ?? 'failed';
  return { state, detail: error.message };
};
