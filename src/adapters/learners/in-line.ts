import type { RoundWork } from '#core/policy';
import { type Learner, PortError } from '#ports';

/** CPU seconds of this thread since `before`. */
export const cpuSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e6;
};

/** On the caller's own thread: for tests, and where there is no other. */
export const inLineLearner = (work: (start: unknown) => RoundWork): Learner => ({
  name: 'in-line',
  learn: async (round, pause, signal) => {
    const timed = async <T>(piece: () => T): Promise<T> => {
      signal?.throwIfAborted();
      const before = process.threadCpuUsage();
      const done = piece();
      await pause(cpuSince(before));
      return done;
    };
    try {
      const open = await timed(() => work(structuredClone(round.start)));
      while (await timed(() => open.prepare()));
      for (let i = 0; i < round.parts; i++) await timed(() => open.learn(round.part(i).value));
      return open.result();
    } catch (error) {
      signal?.throwIfAborted();
      throw new PortError('learning', (error as Error).message, { cause: error });
    }
  },
  close: async () => {},
});
