import type { DecisionQuery, DecisionRecord, Store } from '#ports';

const pageLength = 200;

/** All that match, the oldest first. */
export const keptRecords = async (
  store: Pick<Store, 'decisions'>,
  query: Omit<DecisionQuery, 'cursor' | 'limit'>,
): Promise<readonly DecisionRecord[]> => {
  const found: DecisionRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.decisions({ ...query, cursor, limit: pageLength });
    found.push(...page.items);
    cursor = page.next;
  } while (cursor !== undefined);
  return found.reverse();
};
