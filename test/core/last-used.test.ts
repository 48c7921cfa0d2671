import { expect, it } from 'vitest';
import { lastUsed } from '#core/last-used';

it('forgets what was used longest ago, and no more', () => {
  const known = lastUsed<number>(2);
  known.set('a', 1);
  known.set('b', 2);
  expect(known.get('a')).toBe(1);
  known.set('c', 3);
  expect(['a', 'b', 'c'].map(known.get)).toEqual([1, undefined, 3]);
  known.set('c', 4);
  expect(['a', 'c'].map(known.get)).toEqual([1, 4]);
  known.forget('c');
  expect(known.get('c')).toBeUndefined();
});
