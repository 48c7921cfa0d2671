import { expect, it } from 'vitest';
import { RecordView, SummaryView } from '#http/record-schema';
import { recordView, summaryView } from '#http/record-view';
import { decision, observation, record, reward, startAt } from '#test/make';

it('gives arrivals as a list, whatever array they came in, and a gap as null', () => {
  const arrivals = { startsAt: startAt, stepSeconds: 1, counts: Float32Array.of(3, Number.NaN, 5) };
  const view = recordView(record({ observation: observation({ arrivals }) }));
  expect(JSON.parse(JSON.stringify(view)).observation.arrivals.counts).toEqual([3, null, 5]);
});

it('sums a decision up with what it earned', () => {
  const one = { ...record({ decision: decision({ action: 2 }) }), credited: reward({ total: -1.2 }) };
  expect(summaryView(one)).toMatchObject({ from: 4, to: 6, demand: 150, ready: 4, reward: -1.2 });
});

it('tells all that bore on a size, as its schema says', () => {
  const circumstances = {
    unschedulable: 2,
    holder: { writer: 'kubectl', reason: 'ManualScaling' as const, untilSeconds: startAt + 600 },
    floor: { replicas: 2, name: 'web-pdb' },
    schedule: { name: 'day', minReplicas: 3, maxReplicas: 20 },
    approved: { decisionId: record().id, to: 6, by: 'ann' },
    canaryRatio: 0.2,
  };
  const one = record({ observation: observation(circumstances) });
  const [whole, short] = [recordView(one), summaryView(one)].map((view) => JSON.parse(JSON.stringify(view)));
  expect(RecordView.parse(whole).observation).toMatchObject(circumstances);
  expect(SummaryView.parse(short)).toMatchObject(circumstances);
});
