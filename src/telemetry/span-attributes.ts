import type { Attributes } from '@opentelemetry/api';
import type { Credited, Decision, Sample, Target } from '#core/model';
import { inOneLine } from '#core/one-line';
import { redacted } from '#core/redact';
import type { DecisionRecord } from '#ports';

/** What the trace tells of one stage. */
export type Facet = {
  readonly stage: string;
  readonly attributes?: Attributes;
  readonly events?: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly link?: { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes };
};

export const facets = (record: DecisionRecord): Facet[] => [
  { stage: 'decision.cycle', attributes: cycleAttributes(record) },
  { stage: 'observe', attributes: observeAttributes(record) },
  ...record.observation.samples.map(
    (sample): Facet => ({
      stage: `observe/${sample.metric}`,
      events: [{ name: 'sample', attributes: sampleAttributes(sample) }],
    }),
  ),
  { stage: 'decide', attributes: decideAttributes(record.decision) },
  {
    stage: 'limits',
    events: record.decision.limits.map((limit) => ({
      name: 'limit',
      attributes: {
        'nimbusguard.limit.step': limit.step,
        'nimbusguard.limit.from': limit.from,
        'nimbusguard.limit.to': limit.to,
        'nimbusguard.limit.reason': limit.reason,
      },
    })),
  },
  {
    stage: 'execute',
    attributes: { 'nimbusguard.actuator': record.actuator, 'nimbusguard.outcome': record.outcome },
  },
  ...(record.reward ? [rewardFacet(record.reward)] : []),
];

const cycleAttributes = (r: DecisionRecord): Attributes =>
  defined({
    'k8s.cluster.name': r.cluster,
    'k8s.namespace.name': r.target.namespace,
    ...workload(r.target),
    'nimbusguard.target.kind': r.target.kind,
    'nimbusguard.target.name': r.target.name,
    'nimbusguard.decision.id': r.id,
    'nimbusguard.policy': r.policy.name,
    'nimbusguard.policy.generation': r.policy.generation,
    'nimbusguard.mode': r.mode,
    'nimbusguard.from': r.decision.from,
    'nimbusguard.to': r.decision.to,
    'nimbusguard.reason': r.decision.reason,
    'nimbusguard.expert': r.decision.expert,
    'nimbusguard.state': r.decision.state,
    'nimbusguard.table.version': r.tableVersion,
    'nimbusguard.outcome': r.outcome,
  });

/** OpenTelemetry semantic conventions 1.45, registry k8s: the kinds that have a name of their own there. */
const workloadAttribute: Readonly<Record<string, string>> = {
  Deployment: 'k8s.deployment.name',
  StatefulSet: 'k8s.statefulset.name',
  ReplicaSet: 'k8s.replicaset.name',
  ReplicationController: 'k8s.replicationcontroller.name',
};
const workload = ({ kind, name }: Target): Attributes => {
  const attribute = workloadAttribute[kind];
  return attribute === undefined ? {} : { [attribute]: name };
};

/** Names that others chose. */
const outside = (name: string): string => inOneLine(redacted(name));

const observeAttributes = ({ observation: o }: DecisionRecord): Attributes =>
  defined({
    'nimbusguard.demand': o.demand,
    'nimbusguard.rollout': o.rollout,
    'nimbusguard.late.ratio': o.lateRatio,
    'nimbusguard.replicas.desired': o.replicas.desired,
    'nimbusguard.replicas.ready': o.replicas.ready,
    'nimbusguard.replicas.starting': o.replicas.starting,
    'nimbusguard.unschedulable': o.unschedulable,
    'nimbusguard.holder.writer': o.holder && outside(o.holder.writer),
    'nimbusguard.holder.reason': o.holder?.reason,
    'nimbusguard.holder.until': o.holder?.untilSeconds,
    'nimbusguard.floor.name': o.floor && outside(o.floor.name),
    'nimbusguard.floor.replicas': o.floor?.replicas,
    'nimbusguard.schedule.name': o.schedule && outside(o.schedule.name),
    'nimbusguard.schedule.min_replicas': o.schedule?.minReplicas,
    'nimbusguard.schedule.max_replicas': o.schedule?.maxReplicas,
    'nimbusguard.approved.decision.id': o.approved?.decisionId,
    'nimbusguard.approved.to': o.approved?.to,
    'nimbusguard.approved.by': o.approved && outside(o.approved.by),
    'nimbusguard.canary.ratio': o.canaryRatio,
  });

const sampleAttributes = (s: Sample): Attributes =>
  defined({
    'nimbusguard.metric': s.metric,
    'nimbusguard.metric.state': s.state,
    'nimbusguard.metric.value': s.value,
    'nimbusguard.metric.age_seconds': s.ageSeconds,
    'nimbusguard.metric.source': s.source,
    'nimbusguard.metric.query': s.query,
    'nimbusguard.metric.detail': s.detail === undefined ? undefined : redacted(s.detail),
  });

const decideAttributes = (d: Decision): Attributes =>
  defined({
    'nimbusguard.state': d.state,
    'nimbusguard.reason': d.reason,
    'nimbusguard.expert': d.expert,
    'nimbusguard.explored': d.explored,
    'nimbusguard.line.low': d.lines?.low,
    'nimbusguard.line.high': d.lines?.high,
    'nimbusguard.option.names': d.values.map((v) => v.option),
    'nimbusguard.option.replicas': d.values.map((v) => v.replicas),
    'nimbusguard.option.values': d.values.map((v) => v.value),
  });

/** The scored decision lies in an earlier trace: a link leads there. */
const rewardFacet = ({ decisionId, traceId, spanId, reward }: Credited): Facet => ({
  stage: 'reward',
  attributes: {
    'nimbusguard.reward.decision.id': decisionId,
    'nimbusguard.reward.total': reward.total,
    'nimbusguard.reward.efficiency': reward.terms.efficiency,
    'nimbusguard.reward.slo': reward.terms.slo,
    'nimbusguard.reward.stability': reward.terms.stability,
    'nimbusguard.reward.window.from': reward.window.from,
    'nimbusguard.reward.window.to': reward.window.to,
    'nimbusguard.reward.late.source': reward.lateFrom,
  },
  link: { traceId, spanId, attributes: { 'nimbusguard.decision.id': decisionId } },
});

const defined = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
