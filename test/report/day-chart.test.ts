import { expect, test } from 'vitest';
import { diary } from '#demo/diary';
import { dayChart } from '#report/day-chart';
import { svgOf } from '#report/svg';

const caption = {
  title: `A day & a night ${'of a very long name '.repeat(9)}`,
  subtitle: ['first line', 'second line'],
  capacityPerReplica: 50,
  endSeconds: 1000,
  names: ['ours', 'theirs'],
} as const;

const day = () => {
  const fleet = (ready: number) => ({ ready: () => ready, desired: () => ready, late: () => 6 });
  const pages = diary(new Float64Array(1000).fill(100), 60, { a: fleet(3), b: fleet(2) });
  for (let i = 0; i < 17; i++) pages.write();
  return pages;
};

test('a picture has title, axes with units, a legend and a light ground', async () => {
  const svg = await svgOf(dayChart(day(), caption));
  for (const part of [
    'A day &amp; a night',
    'Requests per second',
    'Late, % of 1 min',
    'Hours since the start',
  ])
    expect(svg).toContain(part);
  for (const part of ['Demand', 'ours', 'theirs', 'fill="white"']) expect(svg).toContain(part);
  expect(svg).not.toMatch(/NaN|undefined/);
  const width = Number(/^<svg[^>]* width="(\d+)/.exec(svg)?.[1]);
  expect(width).toBeGreaterThan(1000);
  expect(width).toBeLessThanOrEqual(1250);
});

test('the last step lasts to the end of the day', () => {
  const [{ layer }] = dayChart(day(), caption).vconcat;
  expect(layer[0].data.values.at(-1)).toEqual({ hour: 1000 / 3600, what: 'Demand', value: 100 });
});
