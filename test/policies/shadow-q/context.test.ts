import { expect, it } from 'vitest';
import { contextCount, contextNames, contextOf } from '#policies/shadow-q/context';

const level = { volatility: 0.1, trend: 0, seasonTrusted: false, ageSeconds: 0 };
const nameOf = (changes: Partial<typeof level>): string => contextNames[contextOf({ ...level, ...changes })]!;

it('has 36 contexts of different names', () => {
  expect(new Set(contextNames).size).toBe(36);
  expect(contextCount).toBe(36);
});

it.each([
  [{}, 'volatility=1 trend=0 season=0 age=0'],
  [{ volatility: 0.079 }, 'volatility=0 trend=0 season=0 age=0'],
  [{ volatility: 0.2 }, 'volatility=2 trend=0 season=0 age=0'],
  [{ trend: -0.051 }, 'volatility=1 trend=-1 season=0 age=0'],
  [{ trend: 0.05 }, 'volatility=1 trend=+1 season=0 age=0'],
  [{ seasonTrusted: true }, 'volatility=1 trend=0 season=1 age=0'],
  [{ ageSeconds: 4 * 3600 }, 'volatility=1 trend=0 season=0 age=1'],
])('puts %j into %s', (changes, name) => {
  expect(nameOf(changes)).toBe(name);
});
