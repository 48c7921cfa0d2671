import { expect, it } from 'vitest';
import { random } from '#core/random';
import { policies } from '#policies/registry';
import { observation, replicas, sample, spec, startAt } from '#test/make';

const set = spec();
const rate = 200;

/** What is decided at the third look, where the first one brought `before` of unrecorded time. */
const decided = (unrecordedSeconds: number) => {
  const policy = policies['shadow-q']!.make({ spec: set, seed: 1, settings: { learning: false } });
  const looks = [
    {
      at: 60,
      startsAt: 10 - unrecordedSeconds,
      counts: [...Array(unrecordedSeconds).fill(Number.NaN), ...Array(45).fill(rate)],
    },
    { at: 65, startsAt: 55, counts: Array(5).fill(rate) },
    { at: 70, startsAt: 60, counts: Array(5).fill(rate) },
  ];
  return looks.map(({ at, startsAt, counts }) =>
    policy.decide(
      observation({
        atSeconds: startAt + at,
        demand: rate,
        samples: [sample({ metric: 'requests', value: rate })],
        replicas: replicas({ desired: 6, ready: 6 }),
        arrivals: { startsAt: startAt + startsAt, stepSeconds: 1, counts },
      }),
      { from: 6, low: 1, high: 60, withheld: [] },
      random(1),
    ),
  );
};

it('what was not recorded before the first known second is not taken for a time without demand', () => {
  expect(decided(900)).toEqual(decided(0));
});
