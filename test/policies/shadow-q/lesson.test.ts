import { expect, it } from 'vitest';
import { adamFrom } from '#policies/shadow-q/experts/two-lines/adam';
import { lesson } from '#policies/shadow-q/experts/two-lines/lesson';
import { shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';
import { economy } from '#test/policies/shadow-q/economy';

const told = economy();
const prior = shippedPrior(told.stepSeconds);

it('teaches targets that share it by what each was found to be', () => {
  const shared = lesson(told, 1, prior);
  shared.replay.makeMore();
  const taught = (found: object): Float32Array => {
    const net = adamFrom(prior.nets[0]!);
    const of = { seed: 1, net: 0, step: 0, rate: 1e-3, meanRate: 0.2, meanCost: 0.025 };
    shared.learn(net, [], { ...of, found: economy(found) });
    return net.weights;
  };
  const kinds = [{}, { startUpSeconds: 90 }, { startUpSeconds: 180 }, { tailPerSecond: 20 }];
  const first = kinds.map(taught);
  expect(kinds.map(taught)).toEqual(first);
  expect(new Set(first.map((weights) => weights.join())).size).toBe(kinds.length);
});
