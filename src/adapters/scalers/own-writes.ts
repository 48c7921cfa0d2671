import { type FieldWriter, fieldManager } from '#kubernetes/field-writers';
import { isOlder } from '#kubernetes/resource-version';

/** What we wrote last of a number: to tell a late view from a change by somebody else. */
export type Written = { readonly replicas: number; readonly atSeconds: number };

/** With the version that the object got by it; undefined where another process wrote it. */
export type OwnWrite = Written & { readonly resourceVersion?: string | undefined };

type Looked = { readonly resourceVersion: string; readonly replicas: number };

/** The size by the newer of the two: a view may not have heard of our own write yet. */
export const newest = (seen: Looked, own: OwnWrite | undefined): Looked =>
  own?.resourceVersion !== undefined && isOlder(seen.resourceVersion, own.resourceVersion)
    ? { resourceVersion: own.resourceVersion, replicas: own.replicas }
    : seen;

const isOurs = ({ manager }: FieldWriter): boolean => manager === fieldManager;

/** The newest of the others who own the number. */
export const foreignOf = (writers: readonly FieldWriter[]): FieldWriter | undefined =>
  writers.find((writer) => !isOurs(writer));

/**
 * What we wrote last, by memory; or by the object itself, where a write was carried out and its answer lost, or another
 * process of ours wrote: who owns a number wrote it.
 */
export const ownWrite = (
  known: OwnWrite | undefined,
  looked: Looked,
  writers: readonly FieldWriter[],
  nowSeconds: number,
): OwnWrite | undefined => {
  if (known?.replicas === looked.replicas) return known;
  const ours = writers.find(isOurs);
  return ours === undefined ? known : { replicas: looked.replicas, atSeconds: ours.atSeconds ?? nowSeconds };
};
