import { expect, it, onTestFinished } from 'vitest';
import { inLineLearner } from '#adapters/learners/in-line';
import { threadLearner } from '#adapters/learners/thread';
import { sums } from '#test/adapters/learners/sums';
import { atOnce, learnerContract, parts, round } from '#test/contracts/learner';

const entry = new URL('./sums-worker.ts', import.meta.url);

learnerContract('in-line', () => inLineLearner(sums));
learnerContract('thread', () => threadLearner({ entry }));

it('a thread that dies loses its round, and another does the next', async () => {
  const learner = threadLearner({ entry });
  onTestFinished(() => learner.close());
  await expect(learner.learn(round({ from: 0, dieAt: 1 }, parts), atOnce)).rejects.toThrow(
    '[learning] the thread ended with code 3: the round is lost',
  );
  expect(await learner.learn(round({ from: 1 }, parts), atOnce)).toBe(22);
});

it('a thread that cannot start loses its round, and says why', async () => {
  const learner = threadLearner({ entry: new URL('./no-such-file.ts', import.meta.url) });
  await expect(learner.learn(round({ from: 0 }, parts), atOnce)).rejects.toThrow(
    /^\[learning\] .*no-such-file/,
  );
});

it('buffers are given away, not copied', async () => {
  const learner = threadLearner({ entry });
  onTestFinished(() => learner.close());
  const given = Float32Array.of(1, 2);
  const one = { start: { from: 0 }, parts: 1, part: () => ({ value: given, buffers: [given.buffer] }) };
  expect(await learner.learn(one, atOnce)).toBe(3);
  expect(given.byteLength).toBe(0);
});
