import type { Attributes } from '@opentelemetry/api';
import { mostReplicas } from '#core/limit-chain';
import type { Credited, Decision, Legal, Limited, Sample, Target } from '#core/model';
import type { DecisionRecord } from '#ports';
import { defined } from './defined.ts';
import { outsideText } from './outside-text.ts';

export const cycleAttributes = (r: DecisionRecord): Attributes =>
  defined({
    'k8s.cluster.name': r.cluster,
    ...targetAttributes(r.target),
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
export const targetAttributes = ({ namespace, kind, name }: Target): Attributes => {
  const attribute = workloadAttribute[kind];
  return {
    'k8s.namespace.name': namespace,
    ...(attribute !== undefined && { [attribute]: name }),
    'nimbusguard.target.kind': kind,
    'nimbusguard.target.name': name,
  };
};

export const observeAttributes = ({ observation: o }: DecisionRecord): Attributes =>
  defined({
    'nimbusguard.demand': o.demand,
    'nimbusguard.rollout': o.rollout,
    'nimbusguard.late.ratio': o.lateRatio,
    'nimbusguard.replicas.desired': o.replicas.desired,
    'nimbusguard.replicas.ready': o.replicas.ready,
    'nimbusguard.replicas.starting': o.replicas.starting,
    'nimbusguard.unschedulable': o.unschedulable,
    'nimbusguard.holder.writer': o.holder && outsideText(o.holder.writer),
    'nimbusguard.holder.reason': o.holder?.reason,
    'nimbusguard.holder.until': o.holder?.untilSeconds,
    'nimbusguard.floor.name': o.floor && outsideText(o.floor.name),
    'nimbusguard.floor.replicas': o.floor?.replicas,
    'nimbusguard.schedule.name': o.schedule && outsideText(o.schedule.name),
    'nimbusguard.schedule.min_replicas': o.schedule?.minReplicas,
    'nimbusguard.schedule.max_replicas': o.schedule?.maxReplicas,
    'nimbusguard.approved.decision.id': o.approved?.decisionId,
    'nimbusguard.approved.to': o.approved?.to,
    'nimbusguard.approved.by': o.approved && outsideText(o.approved.by),
    'nimbusguard.canary.ratio': o.canaryRatio,
  });

export const sampleAttributes = (s: Sample): Attributes =>
  defined({
    'nimbusguard.metric': s.metric,
    'nimbusguard.metric.state': s.state,
    'nimbusguard.metric.value': s.value,
    'nimbusguard.metric.age_seconds': s.ageSeconds,
    'nimbusguard.metric.source': s.source,
    'nimbusguard.metric.query': s.query === undefined ? undefined : outsideText(s.query),
    'nimbusguard.metric.detail': s.detail === undefined ? undefined : outsideText(s.detail),
  });

/** Reason, expert and state stand on the root. */
export const decideAttributes = (d: Decision): Attributes =>
  defined({
    'nimbusguard.explored': d.explored,
    'nimbusguard.line.low': d.lines?.low,
    'nimbusguard.line.high': d.lines?.high,
    'nimbusguard.option.names': d.values.map((v) => v.option),
    'nimbusguard.option.replicas': d.values.map((v) => v.replicas),
    'nimbusguard.option.values': d.values.map((v) => v.value),
  });

export const legalAttributes = ({ low, high }: Legal): Attributes => ({
  'nimbusguard.legal.low': low,
  'nimbusguard.legal.high': high,
});

/** `bound`: it cut the wish short; else it took sizes away before the policy chose. */
export const limitAttributes = ({ step, from, to, reason }: Limited, bound: boolean): Attributes => ({
  'nimbusguard.limit.bound': bound,
  'nimbusguard.limit.step': step,
  // Nothing had limited the size before.
  ...(from < mostReplicas && { 'nimbusguard.limit.from': from }),
  'nimbusguard.limit.to': to,
  'nimbusguard.limit.reason': reason,
});

export const executeAttributes = ({ actuator, outcome }: DecisionRecord): Attributes => ({
  'nimbusguard.actuator': actuator,
  'nimbusguard.outcome': outcome,
});

export const rewardAttributes = ({ decisionId, reward }: Credited): Attributes => ({
  'nimbusguard.reward.decision.id': decisionId,
  'nimbusguard.reward.total': reward.total,
  'nimbusguard.reward.efficiency': reward.terms.efficiency,
  'nimbusguard.reward.slo': reward.terms.slo,
  'nimbusguard.reward.stability': reward.terms.stability,
  'nimbusguard.reward.window.from': reward.window.from,
  'nimbusguard.reward.window.to': reward.window.to,
  'nimbusguard.reward.late.source': reward.lateFrom,
});
