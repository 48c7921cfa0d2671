import type { Whose } from '#core/whose';
import type { DecisionQuery, Store } from '#ports';

export type Kept = Awaited<ReturnType<Store['decisions']>>['items'][number];

type Filter = Pick<DecisionQuery, 'outcome' | 'oldestFirst'>;

/** The upper end of a query is open, and whole microseconds is as fine as times are given. */
export const justAfter = (atSeconds: number): number => atSeconds + 1e-6;

/** The newest decision before a time; without one the newest of all. */
export const newestBefore = async (
  store: Pick<Store, 'decisions'>,
  { cluster, target }: Whose,
  toSeconds?: number,
  filter: Filter = {},
): Promise<Kept | undefined> =>
  (await store.decisions({ ...filter, cluster, target, toSeconds, limit: 1 })).items[0];

/** The newest decision at a time, that instant included. */
export const newestAt = (
  store: Pick<Store, 'decisions'>,
  whose: Whose,
  atSeconds: number,
  filter?: Filter,
): Promise<Kept | undefined> => newestBefore(store, whose, justAfter(atSeconds), filter);
