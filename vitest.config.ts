import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/chance.ts'],
    // Processes, not threads: tests start servers, catch signals and read their own memory.
    pool: 'forks',
    // Much of the time is waiting for spawned processes, so even two cores carry three.
    maxWorkers: Math.max(3, availableParallelism()),
    // A busy machine is no fault of the code: nothing here is about speed.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    slowTestThreshold: 10_000,
  },
});
