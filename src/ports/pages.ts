import type { Page } from '#ports';

/** Which part of a query is read next. */
export type Part = { readonly cursor: string | undefined; readonly limit: number };
export type ReadPart<T> = (part: Part) => Promise<Page<T>>;

type Extent = {
  /** Absent: all there is. */
  readonly most?: number;
  /** Of a page. */
  readonly length?: number;
};

/** What a store gives in pages, one after the other: what it takes of memory does not hang on how much there is. */
export async function* pages<T>(
  read: ReadPart<T>,
  { most = Number.POSITIVE_INFINITY, length = 200 }: Extent = {},
): AsyncGenerator<readonly T[]> {
  let cursor: string | undefined;
  let left = most;
  do {
    const { items, next } = await read({ cursor, limit: Math.min(length, left) });
    if (items.length > 0) yield items;
    left -= items.length;
    cursor = next;
  } while (cursor !== undefined && left > 0);
}

/** The same as one list. */
export const listed = async <T>(read: ReadPart<T>, extent?: Extent): Promise<readonly T[]> =>
  (await Array.fromAsync(pages(read, extent))).flat();
