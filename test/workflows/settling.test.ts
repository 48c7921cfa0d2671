import { expect, test } from 'vitest';
import type { Snapshot } from '#core/model';
import type { Policy, Rounds } from '#core/policy';
import { PortError } from '#ports';
import { house, watched } from '#test/house';
import { smallPolicy } from '#test/small-policy';
import { runLoop } from '#workflows/loop';

/** A policy that learns beside the loop: at these decisions a round has ended, and acts once it is settled. */
const learning = (endsBefore: readonly number[]) => {
  const plain = smallPolicy();
  let decisions = 0;
  let acting = 0;
  const seen: number[] = [];
  const rounds: Rounds = {
    dueAt: () => undefined,
    regret: () => 0,
    begin: () => {
      throw new Error('nobody teaches here');
    },
    end: () => {},
    settle: () => {
      if (!endsBefore.includes(decisions)) return false;
      if (acting > decisions) return false;
      acting = decisions + 1;
      return true;
    },
  };
  const policy: Policy = {
    ...plain,
    decide: (...given) => {
      decisions++;
      seen.push(acting);
      return plain.decide(...given);
    },
    snapshot: () => ({ ...plain.snapshot(), data: { acting } }),
    rounds,
  };
  return { policy, seen };
};

test('what was learnt beside the loop is kept before the first decision by it', async () => {
  const { policy, seen } = learning([3, 7]);
  const shared = await house();
  const saved: [number, unknown][] = [];
  const saveSnapshot = async (...given: Parameters<typeof shared.store.saveSnapshot>): Promise<Snapshot> => {
    saved.push([seen.length, given[1].data]);
    return shared.store.saveSnapshot(...given);
  };
  await runLoop({
    watched: [watched({ seconds: 60, policy })],
    house: { ...shared, store: { ...shared.store, saveSnapshot } },
    signal: new AbortController().signal,
    onAbandoned: () => {},
  });
  // 60 s, a decision each 5 s
  expect(seen).toEqual([0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 8]);
  expect(saved).toContainEqual([3, { acting: 4 }]);
  expect(saved).toContainEqual([7, { acting: 8 }]);
});

test('while it cannot be kept nothing is decided', async () => {
  const { policy, seen } = learning([3]);
  const shared = await house();
  let failures = 2;
  const saveSnapshot = async (...given: Parameters<typeof shared.store.saveSnapshot>): Promise<Snapshot> => {
    if (seen.length === 3 && failures-- > 0) throw new PortError('sqlite', 'full');
    return shared.store.saveSnapshot(...given);
  };
  const { abandoned } = await runLoop({
    watched: [watched({ seconds: 60, policy })],
    house: { ...shared, store: { ...shared.store, saveSnapshot } },
    signal: new AbortController().signal,
    onAbandoned: () => {},
  });
  expect(abandoned).toBe(2);
  expect(failures).toBe(-1);
  expect(seen.slice(0, 4)).toEqual([0, 0, 0, 4]);
});
