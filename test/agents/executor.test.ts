import { expect, test } from 'vitest';
import { executor } from '#agents/executor';
import { PortError, type Scaler } from '#ports';
import { decision, observation, startAt, target } from '#test/make';
import { smallWorld } from '#test/small-world';

const wish = { target: target(), observation: observation(), decision: decision({ from: 4, to: 6 }) };
const world = () => smallWorld().ports(() => startAt).scaler;
const failing = (error: Error): Scaler => ({ ...world(), scale: () => Promise.reject(error) });

test.each([
  ['Auto', 'scaled', 6],
  ['Canary', 'scaled', 6],
  ['Approve', 'awaiting-approval', 4],
  ['Shadow', 'shadowed', 4],
  ['Off', 'held', 4],
] as const)('%s: an order of two more is %s', async (mode, outcome, desired) => {
  const scaler = world();
  await scaler.scale(target(), 0, 4);
  expect(await executor({ scaler, mode })(wish)).toEqual({ outcome, error: undefined });
  expect((await scaler.replicas(target())).desired).toBe(desired);
});

test('Approve writes what a person approved, and nothing else', async () => {
  const scaler = world();
  await scaler.scale(target(), 0, 4);
  const approve = async (to: number) => {
    const approved = { decisionId: 'a', to, by: 'ann' };
    const { outcome } = await executor({ scaler, mode: 'Approve' })({
      ...wish,
      observation: observation({ approved }),
    });
    return [outcome, (await scaler.replicas(target())).desired];
  };
  // A limit left 6 of the 7 that were approved.
  expect(await approve(7)).toEqual(['awaiting-approval', 4]);
  expect(await approve(6)).toEqual(['scaled', 6]);
});

test('the size that is there already is not written', async () => {
  const agent = executor({ scaler: failing(new Error('written')), mode: 'Auto' });
  expect(await agent({ ...wish, decision: decision() })).toEqual({ outcome: 'held', error: undefined });
});

test('a refused write is the outcome `failed`, with the reason', async () => {
  const agent = executor({ scaler: failing(new PortError('kubernetes', '403 forbidden')), mode: 'Auto' });
  expect(await agent(wish)).toEqual({ outcome: 'failed', error: '[kubernetes] 403 forbidden' });
});

test('a fault that is not of the port ends the cycle', async () => {
  const agent = executor({ scaler: failing(new TypeError('a bug')), mode: 'Auto' });
  await expect(agent(wish)).rejects.toThrow('a bug');
});

test('after a stop was asked for nothing is written any more', async () => {
  const agent = executor({ scaler: failing(new Error('written')), mode: 'Auto' });
  await expect(agent(wish, { signal: AbortSignal.abort(new Error('stop')) })).rejects.toThrow('stop');
});
