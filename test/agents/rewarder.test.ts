import { expect, test } from 'vitest';
import { type Ended, feltIn, leadCycles, rewarder } from '#agents/rewarder';
import { cycle, decision, observation, spec, startAt } from '#test/make';
import { smallPolicy } from '#test/small-policy';

/** Cycles at 0, 5, 10, … s; the last of them began the interval that is scored. */
const run = (count: number, overrides: Partial<Ended> = {}): Ended[] =>
  Array.from({ length: count }, (_, i) => cycle({ atSeconds: startAt + 5 * i, ...overrides }));
const at = (seconds: number) => observation({ atSeconds: startAt + seconds });
const score = (recent: readonly Ended[], now = at(5 * recent.length), settings = spec()) =>
  rewarder({ policy: smallPolicy(), recent: () => recent })({ observation: now, spec: settings });

test('start-up is rounded up to whole cycles', () => {
  // 45 s / 5 s = 9; 46 s / 5 s = 9.2 → 10
  expect([45, 46, 0].map((startUpSeconds) => leadCycles(spec({ startUpSeconds })))).toEqual([9, 10, 0]);
});

test('an interval is credited to the decision whose replicas were ready when it began', async () => {
  const recent = run(12);
  // It began at 55 s; what was ordered at 55 − 45 = 10 s, the third cycle, is ready.
  expect((await score(recent)).reward).toMatchObject({
    decisionId: recent[2]!.id,
    traceId: recent[2]!.traceId,
  });
});

test('without a start-up time the newest decision is felt', () => {
  const recent = run(3);
  expect(feltIn(recent, recent[2]!.observation, spec({ startUpSeconds: 0 }))).toBe(recent[2]);
});

test('until a decision is old enough there is nothing to credit', async () => {
  expect(await score(run(9))).toEqual({ reward: undefined, learning: undefined });
});

test('the policy learns from what is credited', async () => {
  expect((await score(run(10))).learning).toEqual({ visits: 1 });
});

const blurred = {
  'demand is not known at its end': () => score(run(10), { ...at(50), demand: undefined }),
  'the order was refused': () => score(run(10, { outcome: 'failed', decision: decision({ to: 6 }) })),
  'the order was only noted down': () =>
    score(run(10, { outcome: 'shadowed', decision: decision({ to: 6 }) })),
  'the loop was off': () => score(run(10, { outcome: 'held', decision: decision({ to: 6 }) })),
  'the order waits for approval': () =>
    score(run(10, { outcome: 'awaiting-approval', decision: decision({ to: 6 }) })),
  'cycles are missing': () => score(run(10), at(65)),
};
test.each(Object.entries(blurred))('no reward when %s', async (_, when) => {
  expect(await when()).toEqual({ reward: undefined, learning: undefined });
});

test('a rollout is scored but teaches nothing', async () => {
  const { reward, learning } = await score(run(10), { ...at(50), rollout: true });
  expect(reward?.reward.total).toBe(-4);
  expect(learning).toBeUndefined();
});
