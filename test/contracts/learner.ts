import { describe, expect, it, onTestFinished } from 'vitest';
import type { Round } from '#core/policy';
import { type Learner, PortError } from '#ports';
import type { Sum } from '#test/adapters/learners/sums';

export const round = (start: Sum, parts: readonly (readonly number[])[], taken: number[] = []): Round => ({
  start,
  parts: parts.length,
  part: (i) => {
    taken.push(i);
    const value = Float32Array.from(parts[i]!);
    return { value, buffers: [value.buffer] };
  },
});
export const parts = [[1, 2], [3], [4, 5, 6]];
export const atOnce = async (): Promise<void> => {};

/** What every learner keeps to. `open` gives one whose rounds add up what they are given. */
export const learnerContract = (name: string, open: () => Learner): void => {
  const opened = (): Learner => {
    const learner = open();
    onTestFinished(() => learner.close());
    return learner;
  };

  describe(`learner contract: ${name}`, () => {
    it('gives what the work makes of the start and of each part in its order, round after round', async () => {
      const learner = opened();
      const taken: number[] = [];
      // 10 + 1 + 2 + 3 + 4 + 5 + 6
      expect(await learner.learn(round({ from: 10 }, parts, taken), atOnce)).toBe(31);
      expect(taken).toEqual([0, 1, 2]);
      expect(await learner.learn(round({ from: 0 }, parts.slice(1)), atOnce)).toBe(18);
    });

    it('leaves what it was given as it was', async () => {
      const start = { from: 1 };
      await opened().learn(round(start, parts), atOnce);
      expect(start).toEqual({ from: 1 });
    });

    it('tells what each piece of the work cost, and takes no part before the pause after it is over', async () => {
      const costs: number[] = [];
      const taken: number[] = [];
      const pause = async (cpuSeconds: number): Promise<void> => {
        const before = taken.length;
        await new Promise((resolve) => setImmediate(resolve));
        expect(taken).toHaveLength(before);
        costs.push(cpuSeconds);
      };
      await opened().learn(round({ from: 0 }, parts, taken), pause);
      expect(costs.length).toBeGreaterThanOrEqual(parts.length);
      expect(costs.every((cost) => cost >= 0 && cost < 60)).toBe(true);
    });

    it('rejects with a PortError when the work fails, and does the next round', async () => {
      const learner = opened();
      const failed = learner.learn(round({ from: 0, failAt: 1 }, parts), atOnce);
      await expect(failed).rejects.toThrow(PortError);
      await expect(failed).rejects.toThrow('[learning] part 1 is too hard');
      expect(await learner.learn(round({ from: 1 }, parts), atOnce)).toBe(22);
    });

    it('rejects when a part is no longer known', async () => {
      const gone: Round = {
        ...round({ from: 0 }, parts),
        part: () => {
          throw new Error('the past is gone');
        },
      };
      await expect(opened().learn(gone, atOnce)).rejects.toThrow('[learning] the past is gone');
    });

    it('ends with the signal, and does the next round', async () => {
      const learner = opened();
      const stop = new AbortController();
      const pause = async (): Promise<void> => stop.abort(new Error('stop'));
      await expect(learner.learn(round({ from: 0 }, parts), pause, stop.signal)).rejects.toThrow('stop');
      expect(await learner.learn(round({ from: 2 }, parts), atOnce)).toBe(23);
    });
  });
};
