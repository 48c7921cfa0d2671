import type { Place, Shelf } from '#core/shelf';

/** Written and read together, where there is a shelf. */
const pageBlocks = 256;
const readPages = 4;
/** What windows that end now look back, and a page of room. */
const recentBlocks = 3072 + pageBlocks;
const sumBytes = 8;

/** The newest `most` of a row of sums by their number, which only grows. On a shelf lies what is seldom looked at. */
export const prefixSums = (first: number, most: number, shelf?: Shelf) => {
  const recent = shelf === undefined ? most : recentBlocks;
  let sums = new Float64Array(1024);
  let last = first;

  const room = Math.ceil(most / pageBlocks + 2) * pageBlocks;
  let place: Place | undefined;
  let older = new Float64Array(0);
  let olderFrom = 0;

  const grow = (): void => {
    const wider = new Float64Array(Math.min(2 * sums.length, recent));
    for (let i = Math.max(0, last - sums.length + 1); i <= last; i++)
      wider[i % wider.length] = sums[i % sums.length]!;
    sums = wider;
  };

  const putAside = (to: number): void => {
    const page = new Float64Array(pageBlocks);
    for (let i = 0; i < pageBlocks; i++) page[i] = sums[(to - pageBlocks + i) % sums.length]!;
    place ??= shelf!.place(sumBytes * room);
    place.write(sumBytes * ((to - pageBlocks) % room), page);
  };

  /** Those who look back a day look at some hundreds of blocks of it: they are read at once. */
  const readAround = (block: number): void => {
    const oldest = Math.max(0, last - most);
    const from = block < oldest + (readPages - 1) * pageBlocks ? oldest : block;
    olderFrom = Math.floor(from / pageBlocks) * pageBlocks;
    older = new Float64Array(readPages * pageBlocks);
    for (let i = 0; i < older.length; i += pageBlocks)
      place?.read(sumBytes * ((olderFrom + i) % room), older.subarray(i, i + pageBlocks));
  };

  return {
    last: (): number => last,
    at: (block: number): number => {
      if (last - block < sums.length || shelf === undefined) return sums[block % sums.length]!;
      if (block < olderFrom || block >= olderFrom + older.length) readAround(block);
      return older[block - olderFrom]!;
    },
    push: (sum: number): void => {
      if (last + 1 >= sums.length && sums.length < recent) grow();
      last++;
      sums[last % sums.length] = sum;
      if (shelf !== undefined && (last + 1) % pageBlocks === 0) putAside(last + 1);
    },
  };
};
