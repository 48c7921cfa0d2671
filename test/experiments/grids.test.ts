import { expect, test } from 'vitest';
import { grids } from '#experiments/grids';
import { judgeDefaults } from '#experiments/judge';
import { policies, policyFaults } from '#policies/registry';

const sized = Object.entries(grids).map(([name, grid]) => [name, grid(judgeDefaults)] as const);

test.each(sized)('%s takes every setting of its grid', (name, grid) => {
  expect(grid.flatMap((settings) => policyFaults(name, settings))).toEqual([]);
});

test.each(sized)('%s is tried with no setting twice', (_, grid) => {
  expect(new Set(grid.map((settings) => JSON.stringify(settings))).size).toBe(grid.length);
});

test('every peer that does not learn has a grid', () => {
  const peers = Object.entries(policies).filter(([, { learns }]) => !learns);
  expect(Object.keys(grids).toSorted()).toEqual(peers.map(([name]) => name).toSorted());
});

test('base-stock is tuned over 108 settings', () => {
  expect(grids['base-stock']!(judgeDefaults)).toHaveLength(108);
});
