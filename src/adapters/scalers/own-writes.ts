import { type FieldWriter, fieldManager } from '#kubernetes/field-writers';
import { isOlder } from '#kubernetes/resource-version';

/** What we wrote last of a number: to tell a late view from a change by somebody else. */
export type Written = { readonly replicas: number; readonly atSeconds: number };

/** With the version that the object got by it; undefined where another process wrote it. */
export type OwnWrite = Written & { readonly resourceVersion?: string | undefined };

type Looked = { readonly resourceVersion: string; readonly replicas: number };

/** The size by the newer of the two: a view may not have heard of our own write yet. */
export const newest = <T extends Looked>(seen: T, own: OwnWrite | undefined): Looked =>
  own?.resourceVersion !== undefined && isOlder(seen.resourceVersion, own.resourceVersion)
    ? { resourceVersion: own.resourceVersion, replicas: own.replicas }
    : seen;

const isOurs = ({ manager }: FieldWriter): boolean => manager === fieldManager;

export const foreignOf = (writers: readonly FieldWriter[]): FieldWriter | undefined =>
  writers.find((writer) => !isOurs(writer));

/**
 * What we wrote last, by memory or, where a write was carried out and its answer lost, by the object itself: the newest
 * writer of the number that it has is us.
 */
export const ownWrite = (
  known: OwnWrite | undefined,
  looked: Looked,
  writers: readonly FieldWriter[],
): OwnWrite | undefined => {
  const [last] = writers;
  if (last === undefined || !isOurs(last) || known?.replicas === looked.replicas) return known;
  return { replicas: looked.replicas, atSeconds: last.atSeconds ?? known?.atSeconds ?? 0 };
};

/**
 * When the number was changed last. Only `/scale` tells that exactly: an entry for the whole object has the time of its
 * manager's last change of any field.
 */
export const changedAt = (own: OwnWrite | undefined, writers: readonly FieldWriter[]): number | undefined => {
  const times = writers
    .filter((writer) => writer.subresource === 'scale' && !isOurs(writer))
    .flatMap(({ atSeconds }) => (atSeconds === undefined ? [] : [atSeconds]));
  if (own !== undefined) times.push(own.atSeconds);
  return times.length === 0 ? undefined : Math.max(...times);
};
