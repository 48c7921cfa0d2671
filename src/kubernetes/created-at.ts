import type { ObjectMeta } from './api.ts';

/** Unix seconds, whole. */
export const createdAt = ({ creationTimestamp }: ObjectMeta): number =>
  creationTimestamp === undefined ? 0 : Date.parse(creationTimestamp) / 1000;
