import { toJson } from '#adapters/stores/exact-json';
import { sizeAfter } from '#core/size-after';
import type { DecisionRecord, Store } from '#ports';
import { type Column, exportVersion } from './column.ts';

export type KeptDecision = Awaited<ReturnType<Store['decisions']>>['items'][number];
type Of = Column<KeptDecision>;

const text = (name: string, means: string, of: Of['of']): Of => ({ name, type: 'text', means, of });
const integer = (name: string, means: string, of: Of['of']): Of => ({ name, type: 'integer', means, of });
const number = (name: string, means: string, of: Of['of']): Of => ({ name, type: 'number', means, of });
const flag = (name: string, means: string, of: Of['of']): Of => ({ name, type: 'boolean', means, of });

/** Of a sample that could be used; what is stale or failed is no number to reckon with. */
const metric =
  (name: string) =>
  ({ observation: { samples } }: DecisionRecord): number | undefined =>
    samples.find((sample) => sample.metric === name && sample.state === 'ok')?.value;

export const decisionColumns: readonly Of[] = [
  integer('export_version', `version of these columns: ${exportVersion}`, () => exportVersion),
  text('id', 'of the decision, a UUIDv7', (r) => r.id),
  { name: 'decided_at', type: 'timestamp', means: 'UTC', of: (r) => r.atSeconds },
  text('cluster', 'as the configuration names it', (r) => r.cluster),
  text('namespace', 'of the workload', (r) => r.target.namespace),
  text('kind', 'of the workload', (r) => r.target.kind),
  text('name', 'of the workload', (r) => r.target.name),
  text('policy', 'that decided', (r) => r.policy.name),
  integer('policy_generation', 'of the ScalingPolicy', (r) => r.policy.generation),
  text('mode', 'Auto, Shadow, Approve, Canary or Off', (r) => r.mode),
  text('actuator', 'that sizes are written by', (r) => r.actuator),
  text('outcome', 'scaled, held, shadowed, awaiting-approval or failed', (r) => r.outcome),
  text('reason', 'why, in one word', (r) => r.decision.reason),
  text('expert', 'that decided, where a policy has several', (r) => r.decision.expert),
  flag('explored', 'whether it was tried out', (r) => r.decision.explored),
  integer('from_replicas', 'size before', (r) => r.decision.from),
  integer('to_replicas', 'size that was decided', (r) => r.decision.to),
  integer('replicas', 'size that stood after it: what was decided, if it was carried out', sizeAfter),
  flag('changed', 'whether another size was decided', (r) => r.decision.from !== r.decision.to),
  {
    name: 'limits',
    type: 'texts',
    means: 'reasons of the limits that bound, in their order',
    of: (r) => r.decision.limits.map(({ reason }) => reason),
  },
  number('low_line_replicas', 'below it the policy orders', (r) => r.decision.lines?.low),
  number('high_line_replicas', 'above it the policy releases', (r) => r.decision.lines?.high),
  integer('ready_replicas', 'that served', (r) => r.observation.replicas.ready),
  integer('starting_replicas', 'that were ordered and not ready', (r) => r.observation.replicas.starting),
  number('demand_per_second', 'requests per second', (r) => r.observation.demand),
  number('cpu_ratio', 'used of what is there, 0 to 1', metric('cpu')),
  number('memory_ratio', 'used of what is there, 0 to 1', metric('memory')),
  number('late_ratio', 'requests over the SLO, 0 to 1', (r) => r.observation.lateRatio),
  integer(
    'metrics_in_doubt',
    'metrics that were empty, stale or failed',
    (r) => r.observation.samples.filter(({ state }) => state !== 'ok').length,
  ),
  flag('rollout', 'whether pods were being replaced', (r) => r.observation.rollout),
  text('holder', 'who else set the size', (r) => r.observation.holder?.writer),
  text('holder_reason', 'what they are', (r) => r.observation.holder?.reason),
  integer('min_replicas', 'that were allowed', (r) => r.spec.minReplicas),
  integer('max_replicas', 'that were allowed', (r) => r.spec.maxReplicas),
  number('interval_seconds', 'between two decisions, s', (r) => r.spec.intervalSeconds),
  number('capacity_per_replica', 'requests per second at 100 % CPU', (r) => r.spec.capacityPerReplica),
  number('late_price', 'replica-hours that a late request costs', (r) => r.spec.latePrice),
  number('switch_price', 'replica-hours that a started or stopped replica costs', (r) => r.spec.switchPrice),
  number('reward', 'what it earned, once that was known', (r) => r.credited?.total),
  number('reward_efficiency', 'its part for replicas', (r) => r.credited?.terms.efficiency),
  number('reward_slo', 'its part for late requests', (r) => r.credited?.terms.slo),
  number('reward_stability', 'its part for changes', (r) => r.credited?.terms.stability),
  integer('table_version', 'of what was learnt', (r) => r.tableVersion),
  text('trace_id', 'of its trace', (r) => r.traceId),
  text('span_id', "of the trace's first span", (r) => r.spanId),
  text('error', 'why it was not carried out', (r) => r.error),
];

/** The whole record beside its columns. Numbers that JSON does not have stand in it as {"$number": "NaN"}. */
export const recordColumn: Of = {
  name: 'record',
  type: 'json',
  means: 'all that is kept of it, as JSON; only with --records',
  of: toJson,
};
