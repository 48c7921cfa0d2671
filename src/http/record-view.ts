import type { z } from '@hono/zod-openapi';
import type { Store } from '#ports';
import type { RecordView, SummaryView } from './record-schema.ts';

type Stored = NonNullable<Awaited<ReturnType<Store['decision']>>>;

/** The whole record as JSON can carry it: typed arrays become lists. */
export const recordView = (record: Stored): z.infer<typeof RecordView> => {
  const { arrivals } = record.observation;
  const observation = arrivals
    ? { ...record.observation, arrivals: { ...arrivals, counts: Array.from(arrivals.counts) } }
    : record.observation;
  return { ...record, observation } as unknown as z.infer<typeof RecordView>;
};

/** What a list and a live view show of a decision. */
export const summaryView = ({ decision, observation, ...record }: Stored): z.infer<typeof SummaryView> => ({
  id: record.id,
  cluster: record.cluster,
  target: record.target,
  policy: record.policy.name,
  mode: record.mode,
  atSeconds: record.atSeconds,
  outcome: record.outcome,
  from: decision.from,
  to: decision.to,
  reason: decision.reason,
  expert: decision.expert,
  explored: decision.explored,
  lines: decision.lines,
  limits: [...decision.limits],
  demand: observation.demand,
  ready: observation.replicas.ready,
  starting: observation.replicas.starting,
  samples: observation.samples.map(({ metric, value, state }) => ({ metric, value, state })),
  rollout: observation.rollout,
  unschedulable: observation.unschedulable,
  holder: observation.holder,
  floor: observation.floor,
  schedule: observation.schedule,
  approved: observation.approved,
  canaryRatio: observation.canaryRatio,
  reward: record.credited?.total,
  error: record.error,
});
