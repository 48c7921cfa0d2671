import { expect, test } from 'vitest';
import { killedOften } from './killed-often.ts';

test('a loop that is killed ten times decides as one that never was, and loses nothing that it acknowledged', async () => {
  const found = await killedOften({
    kills: 10,
    seed: 2,
    // Ten lives of two seconds play 1200 at most: the rest is for pauses of the machine, that nobody comes to the end.
    seconds: 4800,
    speed: 60,
    lifeSeconds: 2,
    policy: 'shadow-q',
  });
  // Two kills fall into a start with this seed: who is not killed there has acknowledged something.
  expect(found.early).toBeLessThanOrEqual(2);
  expect(found).toMatchObject({
    kills: 10,
    lost: [],
    skipped: [],
    broken: [],
    damagedSnapshots: 0,
    // 4800 s, a decision each 5 s
    decisions: 960,
    differing: [],
    differingRewards: 0,
  });
}, 600_000);
