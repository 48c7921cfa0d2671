import type { Page } from '#ports';

const pageLength = 200;

/** What a store gives in pages, as one list of at most `limit`. */
export const firstOf = async <T>(
  limit: number,
  page: (part: { readonly limit: number; readonly cursor: string | undefined }) => Promise<Page<T>>,
): Promise<readonly T[]> => {
  const all: T[] = [];
  let cursor: string | undefined;
  do {
    const { items, next } = await page({ limit: Math.min(limit - all.length, pageLength), cursor });
    all.push(...items);
    cursor = next;
  } while (cursor !== undefined && all.length < limit);
  return all;
};
