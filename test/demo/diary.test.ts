import { expect, test } from 'vitest';
import { diary } from '#demo/diary';

const fleet = { ready: () => 3, desired: () => 4, late: (from: number, to: number) => to - from };

test('a bin holds mean demand, sizes at its end and the share that was late', () => {
  const pages = diary(Float64Array.of(2, 4, 6, 8, 10), 2, { a: fleet });
  pages.write();
  pages.write();
  pages.write();
  // the last bin is one second long
  expect([...pages.demand]).toEqual([3, 7, 10]);
  // one late a second: 2 of 6, 2 of 14, 1 of 10
  expect([...pages.fleets[0]!.late]).toEqual([2 / 6, 2 / 14, 1 / 10]);
  expect([...pages.fleets[0]!.ready]).toEqual([3, 3, 3]);
});

test('what has not come yet is not known', () => {
  const pages = diary(Float64Array.of(1, 1, 1, 1), 2, { a: fleet });
  pages.write();
  expect({ bins: pages.bins(), demand: [...pages.demand] }).toEqual({ bins: 1, demand: [1, Number.NaN] });
});
