import { beforeAll, describe, expect, it } from 'vitest';
import { encodeFloats } from '#core/encoding';
import { weightCount } from '#policies/shadow-q/experts/two-lines/net';
import { shippedPrior } from '#policies/shadow-q/experts/two-lines/prior';
import { type Mind, mind } from '#policies/shadow-q/mind';
import { pack, restore } from '#policies/shadow-q/state';
import { spec } from '#test/make';
import { looks, pulses, recorded } from '#test/policies/shadow-q/demand';
import { choose, made, never, restarted } from '#test/policies/shadow-q/lives';

const demand = pulses(6 * 3600);
/** Many replicas may be wasted. */
const fresh = (): Mind => mind({ spec: spec({ maxReplicas: 200 }), seed: 3, learning: true });
const live = (it: Mind, from: number, to: number, each: () => void = () => {}): void => {
  for (const count of demand.subarray(from, to)) {
    it.push(count);
    each();
  }
};
/** The last bias of each net: the low line as high, or as low, as a net can name. */
const garbage = { wasteful: 60, reckless: -60 } as const;

describe('weights that were spoilt', () => {
  const begun = fresh();
  beforeAll(() => live(begun, 0, 3 * 3600));
  const poisoned = (change: (values: Float32Array) => void): Mind => {
    const it = fresh();
    for (const count of demand.subarray(0, 3 * 3600)) it.recall(count);
    restore(it.state(), pack(begun.state()));
    it.restored();
    for (let i = 0; i < 3; i++)
      for (const name of ['weights', 'mean', 'acting']) change(it.state()[`${name}${i}`] as Float32Array);
    return it;
  };
  const linesAreSound = (it: Mind): void => {
    for (const { low, high } of it.lines) if (!(low <= high)) expect({ low, high }).toBe('a pair of lines');
  };

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 3e38])(
    'of %d never reach a line, and are gone at the next step',
    (value) => {
      const it = poisoned((values) => values.fill(value));
      live(it, 3 * 3600, 3 * 3600 + 20, () => linesAreSound(it));
      expect(it.demotions()).toBe(1);
      expect((it.state().acting0 as Float32Array).every((w) => Math.abs(w) < 100)).toBe(true);
    },
  );

  it.each(Object.entries(garbage))('but are numbers go when they have cost enough: %s ones', (_, bias) => {
    const it = poisoned((values) => {
      values[values.length - 2] = bias;
    });
    live(it, 3 * 3600, 6 * 3600, () => linesAreSound(it));
    expect(it.demotions()).toBe(1);
    const at = shippedPrior(5).nets[0]!.length - 2;
    expect(Math.abs((it.state().acting0 as Float32Array)[at]!)).toBeLessThan(5);
  });

  it('in a snapshot are refused when it is restored', () => {
    const it = fresh();
    for (const count of demand.subarray(0, 3 * 3600)) it.recall(count);
    const state = begun.state();
    const spoilt = { ...state, weights1: (state.weights1 as Float32Array).map(() => Number.NaN) };
    restore(it.state(), pack(spoilt));
    it.restored();
    expect(it.demotions()).toBe(1);
    expect(it.state().acting0).toEqual(state.good_mean0);
  });
});

it('in a snapshot are told of by the first decision, and by no other', () => {
  const all = looks(pulses(900));
  const saved = restarted(all, true, never).end;
  const data = saved.data as { state: Record<string, string> };
  const spoilt = encodeFloats(new Float32Array(weightCount).fill(Number.NaN));
  const history = recorded(all);
  const policy = made(
    true,
    { ...saved, data: { ...data, state: { ...data.state, acting0: spoilt } } },
    history,
  );
  const reasons = looks(pulses(1000))
    .slice(180)
    .map((o) => choose(policy, o).reason);
  expect(reasons.map((reason) => reason === 'LearningDemoted').slice(0, 3)).toEqual([true, false, false]);
});

it('with weights that nobody spoilt nothing is ever demoted', () => {
  const it = fresh();
  live(it, 0, 6 * 3600);
  expect(it.demotions()).toBe(0);
});
