import { expect, test } from 'vitest';
import { random } from '#core/random';
import { uuid7 } from '#core/uuid';
import { startAt } from '#test/make';

test('an id is a UUID of version 7 that begins with its milliseconds', () => {
  const id = uuid7(startAt + 0.25, random(1));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe((startAt + 0.25) * 1000);
});

test('later ids sort after earlier ones', () => {
  const rng = random(2);
  const ids = Array.from({ length: 100 }, (_, i) => uuid7(startAt + i, rng));
  expect(ids.toSorted()).toEqual(ids);
});

test('the same chance gives the same ids', () => {
  expect(uuid7(startAt, random(3))).toBe(uuid7(startAt, random(3)));
  expect(uuid7(startAt, random(3))).not.toBe(uuid7(startAt, random(4)));
});
