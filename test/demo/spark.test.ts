import { expect, test } from 'vitest';
import { columnsOf, spark } from '#demo/spark';

const { NaN: unknown } = Number;

test('a column is the mean of the known values that fall into it', () => {
  expect(columnsOf(Float64Array.of(1, 3, 5, unknown, unknown, unknown), 3)).toEqual([2, 5, unknown]);
});

test('bars fill their rows from the ground up to the greatest value', () => {
  // 16 eighths in two rows: 0, 4, 8, 12 and 16 of them
  const bars = spark(Float64Array.of(0, 1, 2, 3, 4), { columns: 5, rows: 2, most: 4 });
  expect(bars).toEqual(['   ▄█', ' ▄███']);
});

test('what is not known yet is a dot on the ground', () => {
  expect(spark(Float64Array.of(1, unknown), { columns: 2, rows: 2, most: 1 })).toEqual(['█ ', '█·']);
});
