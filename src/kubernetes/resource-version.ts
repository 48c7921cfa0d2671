/**
 * Whether `one` was written before `other`. Versions of one kind are growing whole numbers: Kubernetes promises it from
 * 1.35 on, and etcd's revisions always were. Too long for a double in the end, so compared as text.
 */
export const isOlder = (one: string, other: string): boolean =>
  one.length === other.length ? one < other : one.length < other.length;
