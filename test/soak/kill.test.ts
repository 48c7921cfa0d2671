import { expect, test } from 'vitest';
import { killedOften } from './killed-often.ts';

test('a loop that is killed ten times decides as one that never was, and loses nothing that it acknowledged', async () => {
  const found = await killedOften({
    kills: 10,
    seed: 2,
    seconds: 2400,
    speed: 60,
    lifeSeconds: 2,
    policy: 'shadow-q',
  });
  // Of 480 decisions each of ten kills may fall between keeping one and telling it.
  expect(found.acknowledged).toBeGreaterThanOrEqual(470);
  expect(found).toMatchObject({
    kills: 10,
    lost: [],
    broken: [],
    damagedSnapshots: 0,
    // 2400 s, a decision each 5 s
    decisions: 480,
    differing: [],
    differingRewards: 0,
  });
}, 600_000);
