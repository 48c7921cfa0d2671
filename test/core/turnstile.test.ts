import { expect, it } from 'vitest';
import { turnstile } from '#core/turnstile';

it('lets so many works in at a time, in the order in which they came, also when one fails', async () => {
  const inTurn = turnstile(2);
  const order: number[] = [];
  let [now, most] = [0, 0];
  const work = (n: number) => async () => {
    order.push(n);
    most = Math.max(most, ++now);
    await Promise.resolve();
    now--;
    if (n === 1) throw new Error('one of them failed');
    return n;
  };
  const done = await Promise.allSettled([0, 1, 2, 3, 4].map((n) => inTurn(work(n))));
  expect(done.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ]);
  expect([order, most]).toEqual([[0, 1, 2, 3, 4], 2]);
});
