import { holderOf, type Lease } from './lease-object.ts';

export const shardsLabel = 'nimbusguard.io/shards';
export const memberLabel = 'nimbusguard.io/member';
export const bucketLabel = 'nimbusguard.io/bucket';
/** How many buckets the shards have; whoever counts differently would write what others hold. */
export const bucketsAnnotation = 'nimbusguard.io/buckets';
/** Of a member that lives but gives all away. */
export const leavingAnnotation = 'nimbusguard.io/leaving';

/** The name of an object takes small letters, digits, dots and dashes. */
export const memberName = (prefix: string, identity: string): string =>
  `${prefix}-member-${identity.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-')}`;

export const bucketName = (prefix: string, bucket: number): string => `${prefix}-bucket-${bucket}`;

/** One process: another one of the same identity, later or elsewhere, is somebody else. */
export const holderName = (identity: string, instance: string): string => `${identity}_${instance}`;

const identityOf = (holder: string): string => holder.slice(0, Math.max(0, holder.lastIndexOf('_')));

export type ShardLeases = {
  /** Undefined: nobody said yet how many buckets there are. */
  readonly buckets: number | undefined;
  readonly memberOf: ReadonlyMap<string, Lease>;
  readonly bucketLeases: ReadonlyMap<number, Lease>;
};

/** What one list of Leases says. */
export const shardLeases = (prefix: string, leases: readonly Lease[]): ShardLeases => {
  const memberOf = new Map<string, Lease>();
  const bucketLeases = new Map<number, Lease>();
  let buckets: number | undefined;
  for (const lease of leases) {
    const { name, labels = {}, annotations = {} } = lease.metadata;
    if (name === prefix) buckets = Number(annotations[bucketsAnnotation]);
    else if (labels[memberLabel] !== undefined) memberOf.set(name, lease);
    else if (labels[bucketLabel] !== undefined) bucketLeases.set(Number(labels[bucketLabel]), lease);
  }
  return { buckets, memberOf, bucketLeases };
};

const absent = 'absent';

/** Versions of all whose life matters: members, and those who hold buckets but are no members any more. */
export const lifeSigns = (prefix: string, { memberOf, bucketLeases }: ShardLeases): Map<string, string> => {
  const signs = new Map<string, string>();
  for (const lease of bucketLeases.values()) {
    const holder = holderOf(lease);
    if (holder !== undefined) signs.set(memberName(prefix, identityOf(holder)), absent);
  }
  for (const [name, lease] of memberOf) signs.set(name, lease.metadata.resourceVersion ?? '');
  return signs;
};

/** Who lives, by how long each did not change. */
export const standing = (given: {
  readonly prefix: string;
  readonly leases: ShardLeases;
  readonly unchangedSeconds: (name: string) => number | undefined;
  readonly durationSeconds: number;
}) => {
  const { prefix, leases, unchangedSeconds, durationSeconds } = given;
  const isFresh = (name: string, lease: Lease | undefined): boolean =>
    (unchangedSeconds(name) ?? 0) < Math.max(durationSeconds, lease?.spec?.leaseDurationSeconds ?? 0);
  const willing: string[] = [];
  for (const [name, lease] of leases.memberOf)
    if (
      holderOf(lease) !== undefined &&
      isFresh(name, lease) &&
      lease.metadata.annotations?.[leavingAnnotation] !== 'true'
    )
      willing.push(name);
  return {
    /** Names of members that live and take buckets. */
    willing: willing.sort(),
    /** Whether nobody can be writing as this holder any more. */
    isDead: (holder: string): boolean => {
      const name = memberName(prefix, identityOf(holder));
      const lease = leases.memberOf.get(name);
      // It was released, or another process came to it, which waits until it has run out.
      if (lease !== undefined && holderOf(lease) !== holder) return true;
      return !isFresh(name, lease);
    },
  };
};

export type Standing = ReturnType<typeof standing>;
