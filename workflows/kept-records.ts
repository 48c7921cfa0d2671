import type { DecisionQuery, DecisionRecord, Store } from '#ports';
import { listed } from '#ports/pages';

/** All that match, the oldest first. */
export const keptRecords = async (
  store: Pick<Store, 'decisions'>,
  query: Omit<DecisionQuery, 'cursor' | 'limit'>,
): Promise<readonly DecisionRecord[]> =>
  (await listed((part) => store.decisions({ ...query, ...part }))).toReversed();
