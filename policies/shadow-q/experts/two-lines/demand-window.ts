import type { Shelf } from '#core/shelf';
import { prefixSums } from './prefix-sums.ts';

/** The grid on which demand is summed: every window of the features is a multiple of it. */
export const gridSeconds = 5;

/** A day, half an hour and a little: the longest look back of any feature. */
const mostBlocks = 17_700;
export const longestLookSeconds = mostBlocks * gridSeconds;

/**
 * Prefix sums of demand on a 5-s grid that ends where demand is visible. The first block may be shorter. Windows are
 * clipped at the start of the history; one that ends before it gives the first second. `firstBlock` is not 0 where the
 * beginning of the history is no longer known: then what is restored next must come from a snapshot.
 */
export const demandWindow = (firstBlock = 0, firstBlockSeconds = gridSeconds, shelf?: Shelf) => {
  const prefix = prefixSums(firstBlock, mostBlocks, shelf);
  let blocks = firstBlock;
  let first = 0;
  let firstSeconds = firstBlockSeconds;

  return {
    push: (counts: ArrayLike<number>, from: number, to: number): void => {
      if (blocks === firstBlock) {
        first = counts[from]!;
        if (blocks === 0) firstSeconds = to - from;
      }
      let sum = prefix.at(blocks);
      for (let t = from; t < to; t++) sum += counts[t]!;
      blocks++;
      prefix.push(sum);
    },
    /** Mean rate over `width` blocks that end `back` blocks ago. */
    mean: (back: number, width: number): number => {
      const end = blocks - back;
      if (end <= 0) return first;
      const start = end - width;
      const atEnd = prefix.at(end);
      if (start <= 0) return atEnd / ((end - 1) * gridSeconds + firstSeconds);
      return (atEnd - prefix.at(start)) / (width * gridSeconds);
    },
    blocks: (): number => blocks,
    /** Seconds since the history began. */
    age: (): number => (blocks === 0 ? 0 : (blocks - 1) * gridSeconds + firstSeconds),
  };
};

export type DemandWindow = ReturnType<typeof demandWindow>;
