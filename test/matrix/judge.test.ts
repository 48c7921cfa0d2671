import { expect, it } from 'vitest';
import type { DecisionRecord } from '#ports';
import { decision, record, startAt } from '#test/make';
import { judge } from './judge.ts';
import type { SizeChange } from './watch-sizes.ts';

const kept = (after: number, from: number, to: number, leaseTransitions = 1): DecisionRecord =>
  record({
    atSeconds: startAt + after,
    decision: decision({ from, to, action: to - from }),
    leaseTransitions,
  });
const change = (after: number, from: number, to: number, manager = 'nimbusguard'): SizeChange => ({
  atSeconds: startAt + after,
  name: 'web',
  from,
  to,
  manager,
});
const good = { wrongDowns: [], doubleWrites: [], lostRecords: [] };

it('has nothing to say where each change is kept', () => {
  const found = judge({
    records: [kept(0, 3, 3), kept(5, 3, 5), kept(20, 5, 6, 2)],
    changes: [change(5.2, 3, 5), change(20.2, 5, 6)],
  });
  expect(found).toEqual({ ...good, decisions: 3, changes: 2, longestGapSeconds: 15 });
});

it('takes a decrease for wrong, unless demand fell before', () => {
  const given = { records: [kept(5, 5, 3)], changes: [change(5.2, 5, 3)] };
  expect(judge(given).wrongDowns).toHaveLength(1);
  expect(judge({ ...given, hadFallen: () => true })).toMatchObject(good);
});

it('misses the record of a change that nobody kept', () => {
  expect(judge({ records: [kept(5, 3, 5)], changes: [change(25, 3, 5)] }).lostRecords).toHaveLength(1);
  const failed = { ...kept(5, 3, 5), outcome: 'failed' as const };
  expect(judge({ records: [failed], changes: [change(9, 3, 5)] }).lostRecords).toHaveLength(1);
});

it('takes a change that a watch tells of late for the one that was kept', () => {
  expect(judge({ records: [kept(5, 3, 5)], changes: [change(15, 3, 5)] })).toMatchObject(good);
});

it('does not ask for the records of what others changed', () => {
  expect(judge({ records: [], changes: [change(9, 5, 3, 'kubectl')] })).toMatchObject(good);
});

it('finds a record of a change that never was', () => {
  expect(judge({ records: [kept(5, 3, 5)], changes: [] }).doubleWrites).toHaveLength(1);
});

it('takes a write whose answer was lost for kept', () => {
  const failed = { ...kept(5, 3, 5), outcome: 'failed' as const };
  expect(judge({ records: [failed], changes: [change(5.2, 3, 5)] })).toMatchObject(good);
  expect(judge({ records: [failed], changes: [] })).toMatchObject(good);
});

it('finds a decision under a Lease that somebody else had taken before', () => {
  const { doubleWrites } = judge({
    records: [kept(0, 3, 3, 1), kept(5, 3, 3, 2), kept(10, 3, 3, 1)],
    changes: [],
  });
  expect(doubleWrites).toHaveLength(1);
});
