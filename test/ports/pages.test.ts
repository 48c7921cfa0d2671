import { describe, expect, it } from 'vitest';
import { listed, pages, type ReadPart } from '#ports/pages';

const asked: number[] = [];
/** The numbers from 0 to 6. */
const numbers: ReadPart<number> = async ({ cursor = '0', limit }) => {
  asked.push(limit);
  const from = Number(cursor);
  const to = Math.min(7, from + limit);
  return {
    items: Array.from({ length: to - from }, (_, i) => from + i),
    next: to < 7 ? `${to}` : undefined,
  };
};

describe('what a store gives in pages', () => {
  it('is read to its end, page by page', async () => {
    expect(await Array.fromAsync(pages(numbers, { length: 3 }))).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
    expect(await listed(numbers)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it('is asked for no more than is wanted', async () => {
    asked.length = 0;
    expect(await listed(numbers, { most: 5, length: 3 })).toEqual([0, 1, 2, 3, 4]);
    expect(asked).toEqual([3, 2]);
  });

  it('is not asked for what nobody takes', async () => {
    asked.length = 0;
    for await (const items of pages(numbers, { length: 2 })) if (items.includes(2)) break;
    expect(asked).toEqual([2, 2]);
  });
});
