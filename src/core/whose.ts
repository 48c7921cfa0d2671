import { type Target, targetKey } from '#core/model';

/** Of which target; what is absent may be any. */
export type Whose = { readonly cluster?: string | undefined; readonly target?: Target | undefined };

export const isOf = (
  { cluster, target }: Whose,
  one: { readonly cluster: string; readonly target: Target },
): boolean =>
  (target === undefined || targetKey(one.target) === targetKey(target)) &&
  (cluster === undefined || one.cluster === cluster);
