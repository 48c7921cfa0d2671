import { afterAll, describe, expect, test } from 'vitest';
import { missed, missesBeforeFallback } from '#core/doubt';
import { policyNames } from '#policies/registry';
import { type FaultName, faults } from '#simulator/faults';
import { spec } from '#test/make';
import { type Moment, moments, outage, type Seen } from '#test/outages/outage';

const peers = ['shadow-q', 'hpa', 'q-learning', 'static'] as const;
const cells = (Object.keys(moments) as Moment[]).flatMap((moment) =>
  (Object.keys(faults) as FaultName[]).map((fault) => [moment, fault] as const),
);

/** Decisions on data of which something is missing. */
let doubtful = 0;
afterAll(() => process.stdout.write(`outage matrix: ${doubtful} decisions on partial data, none lowered\n`));

const moved = (seen: readonly Seen[]) =>
  seen.map(({ atSeconds, decision: { from, to, reason } }) => `${atSeconds}: ${from} → ${to} ${reason}`);

/** Cycles without demand in a row, this one included. */
const misses = (all: readonly Seen[]): readonly number[] => {
  let row = 0;
  return all.map(({ observation }) => {
    row = missed(observation, spec()) ? row + 1 : 0;
    return row;
  });
};

test('every policy is in the matrix', () => {
  expect(policyNames()).toEqual(expect.arrayContaining([...peers]));
});

describe.each(peers)('%s', (policy) => {
  test.each(cells)('%s, %s: lowers nothing, holds at first, and recovers', async (moment, fault) => {
    const all = await outage(policy, fault, moment);
    const rows = misses(all);
    const bad = fault === 'ok' ? [] : all.filter(({ broken }) => broken);
    doubtful += bad.length;
    if (fault !== 'ok') expect(bad.length).toBeGreaterThan(3);
    expect(moved(bad.filter(({ decision }) => decision.to < decision.from))).toEqual([]);
    const early = all.filter((_, i) => rows[i]! > 0 && rows[i]! < missesBeforeFallback);
    expect(moved(early.filter(({ decision }) => decision.to !== decision.from))).toEqual([]);
    const end = all.slice(-60);
    expect(end.filter(({ decision }) => decision.limits.length > 0)).toEqual([]);
    expect(end.some(({ decision }) => /Fallback|Missing|Stale|Partial/.test(decision.reason))).toBe(false);
  });
});
