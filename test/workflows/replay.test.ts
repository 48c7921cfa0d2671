import { expect, test } from 'vitest';
import { house, watched } from '#test/house';
import { decision } from '#test/make';
import { smallPolicy } from '#test/small-policy';
import { runLoop } from '#workflows/loop';
import { replay } from '#workflows/replay';

const ran = async () => {
  const shared = await house();
  await runLoop({
    watched: [watched()],
    house: shared,
    signal: new AbortController().signal,
    onAbandoned: () => {},
  });
  return shared.seen;
};

test('the replay of a run equals the run', async () => {
  const records = await ran();
  expect(records).toHaveLength(120);
  expect(replay({ records, policy: smallPolicy(), seed: 1 })).toEqual([]);
});

test('a replay with other chance differs, and says where', async () => {
  const records = await ran();
  const differences = replay({ records, policy: smallPolicy(), seed: 2 });
  expect(differences.length).toBeGreaterThan(10);
  expect(records.map((record) => record.id)).toContain(differences[0]!.id);
});

test('a record that was changed afterwards is found', async () => {
  const records = (await ran()).with(60, { ...(await ran())[60]!, decision: decision({ from: 1, to: 9 }) });
  const found = replay({ records, policy: smallPolicy(), seed: 1 }).map((difference) => difference.id);
  expect(found).toContain(records[60]!.id);
});
