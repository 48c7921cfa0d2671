import { expect, test } from 'vitest';
import { scaleLog } from './scale-log.ts';

test('the first size is no scaling, each further change is, and a turn is a reversal', () => {
  const log = scaleLog();
  for (const size of [3, 3, 5, 6, 4, 4, 7]) log.note('web', size);
  expect(log.of('web').scalings()).toBe(4);
  expect(log.of('web').reversals()).toBe(2);
});

test('what was counted before a recount is forgotten, the direction is not', () => {
  const log = scaleLog();
  for (const size of [3, 5]) log.note('web', size);
  log.of('web').recount();
  log.note('web', 4);
  expect(log.of('web').scalings()).toBe(1);
  expect(log.of('web').reversals()).toBe(1);
});

test('each second keeps what was asked for and what was ready', () => {
  const log = scaleLog();
  log.note('web', 3);
  log.pass('web', 2);
  log.note('web', 5);
  log.pass('web', 3);
  expect(log.of('web')).toMatchObject({ desired: [3, 5], ready: [2, 3] });
});
