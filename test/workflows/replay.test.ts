import { expect, test } from 'vitest';
import { decider } from '#agents/decider';
import { executor } from '#agents/executor';
import { observer } from '#agents/observer';
import { rewarder } from '#agents/rewarder';
import { type Mode, modes, type Spec } from '#core/model';
import { approvalFor, decided, judged, noProposals, standing } from '#core/proposals';
import type { DecisionRecord, MetricSource, Scaler } from '#ports';
import { house, watched } from '#test/house';
import { cycleId, decision, record, startAt } from '#test/make';
import { smallPolicy } from '#test/small-policy';
import { smallWorld } from '#test/small-world';
import { foldCycle } from '#workflows/control-loop';
import { runLoop } from '#workflows/loop';
import { noMemory, remembering } from '#workflows/memory';
import { replay } from '#workflows/replay';

const ran = async (overrides: Parameters<typeof watched>[0] = {}) => {
  const shared = await house();
  await runLoop({
    watched: [watched(overrides)],
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

test('the replay of a run that somebody has paused equals the run: its records name the pause', async () => {
  const pause = { untilSeconds: startAt + 400, direction: 'both', reason: 'release', by: 'ops' } as const;
  const records = await ran({ pauses: () => [pause] });
  const still = records.filter(({ atSeconds }) => atSeconds < pause.untilSeconds);
  expect(new Set(still.map(({ decision: { to } }) => to)).size).toBe(1);
  expect(replay({ records, policy: smallPolicy(), seed: 1 })).toEqual([]);
  const unnamed = records.map(({ pauses: _, ...record }) => record);
  expect(replay({ records: unnamed, policy: smallPolicy(), seed: 1 })).not.toEqual([]);
});

/** Ten minutes of a small world in which much happens besides demand, cycle by cycle; in Approve somebody says yes to all. */
const eventfulRun = async (mode: Mode): Promise<readonly DecisionRecord[]> => {
  const overrides: Partial<Spec> = {
    guards: { flapBudget: { reversals: 2, windowSeconds: 120 } },
    onMetricLoss: { action: 'HpaRule', afterSeconds: 30 },
  };
  const world = smallWorld(600, overrides);
  const records: DecisionRecord[] = [];
  let [memory, now, proposals] = [noMemory, startAt, noProposals];
  const during = (from: number, to: number): boolean => now >= startAt + from && now < startAt + to;
  const ports = world.ports(() => now);
  const scaler: Scaler = {
    ...ports.scaler,
    replicas: async (...given) => ({
      ...(await ports.scaler.replicas(...given)),
      unschedulable: during(120, 150) ? 1 : 0,
      holder: during(200, 230)
        ? { writer: 'kubectl', reason: 'ManualScaling', untilSeconds: startAt + 220 }
        : undefined,
      floor: during(300, 330) ? { name: 'web', replicas: 9 } : undefined,
    }),
  };
  const source: MetricSource = {
    ...ports.source,
    read: async (...given) => {
      const reading = await ports.source.read(...given);
      const blind = reading.samples.filter(({ metric }) => metric !== 'requests');
      return during(400, 450) ? { ...reading, samples: blind } : reading;
    },
  };
  const policy = smallPolicy();
  const turn = foldCycle(
    {
      observe: observer({
        source,
        scaler,
        since: () => memory.since,
        circumstances: (atSeconds, { desired }) => ({
          schedule:
            during(20, 80) || during(250, 500) ? { name: 'w', minReplicas: 8, maxReplicas: 15 } : undefined,
          approved: approvalFor(proposals, desired, atSeconds),
          canaryRatio: mode === 'Canary' ? 0.2 : undefined,
        }),
      }),
      decide: decider({ policy, seed: 1, mode, past: () => memory.past, pauses: () => [] }),
      execute: executor({ scaler, mode }),
      reward: rewarder({ policy, recent: () => memory.recent }),
    },
    () => 0,
  );
  for (; now < startAt + 600; now += 5) {
    const cycle = await turn({ ...record(), id: cycleId(now), spec: world.spec, atSeconds: now });
    memory = remembering(memory, cycle);
    records.push(record({ ...cycle, mode }));
    const { id, outcome, decision: d } = cycle;
    proposals = decided(proposals, { id, atSeconds: now, outcome, ...d }, 60);
    const stands = standing(proposals, d.from, now);
    if (stands !== undefined)
      proposals = judged(
        proposals,
        { id: stands.id, verdict: 'approve', by: 'ann' },
        { size: d.from, nowSeconds: now, timeoutSeconds: 60 },
      ).proposals;
  }
  return records;
};

test.each(modes)('the replay of a run in which much happened equals the run: %s', async (mode) => {
  const records: readonly DecisionRecord[] = JSON.parse(JSON.stringify(await eventfulRun(mode)));
  const reasons = new Set(records.map((r) => r.decision.reason));
  expect(replay({ records, policy: smallPolicy(), seed: 1 })).toEqual([]);
  expect(reasons).toContain(mode === 'Approve' ? 'Approved' : 'ScheduleFloor');
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
