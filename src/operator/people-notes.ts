import { type AuditEntry, noted } from '#core/audit';
import type { Proposal, Verdict } from '#core/proposals';
import { timeText } from '#core/time-text';
import type { Plan } from '#kubernetes/policy-plan';
import type { DecisionRecord } from '#ports';

/** The longest that an id or a name of a field manager is. */
const longestName = 128;

/** A person's word on a proposal. It stands on the policy until somebody takes it away, and is heard once. */
export const verdictNote = (given: {
  readonly plan: Plan;
  readonly cluster: string;
  readonly verdict: Verdict;
  readonly proposal: Proposal | undefined;
  /** Why it was not heeded. */
  readonly fault: string | undefined;
  readonly atSeconds: number;
}): AuditEntry => {
  const { plan, cluster, verdict, proposal, fault, atSeconds } = given;
  const id = noted(verdict.id, longestName);
  const verb = verdict.verdict === 'approve' ? 'approves' : 'rejects';
  const size = proposal === undefined ? '' : `, ${proposal.from} → ${proposal.to}`;
  return {
    id: `${verdict.verdict}/${plan.object.uid}/${id}`,
    atSeconds,
    cluster,
    target: plan.target,
    action: verdict.verdict,
    by: noted(verdict.by, longestName),
    byFrom: 'field-manager',
    what: noted(`${verb} the proposal ${id}${size}${fault === undefined ? '' : `; not heeded: ${fault}`}`),
    details: {
      decisionId: id,
      heeded: fault === undefined,
      ...(proposal !== undefined && { from: proposal.from, to: proposal.to }),
    },
  };
};

/** A size that somebody set by hand; undefined: nobody did. */
export const manualSizeNote = (given: {
  readonly plan: Plan;
  readonly cluster: string;
  readonly record: Pick<DecisionRecord, 'observation'>;
}): AuditEntry | undefined => {
  const { plan, cluster } = given;
  const { holder, replicas } = given.record.observation;
  if (holder?.reason !== 'ManualScaling' || holder.untilSeconds === undefined) return undefined;
  const { writer, untilSeconds } = holder;
  return {
    id: `manual/${plan.object.uid}/${untilSeconds}`,
    // The hold is counted from the write, and its end is all that is told of it.
    atSeconds: untilSeconds - plan.manualHoldSeconds,
    cluster,
    target: plan.target,
    action: 'manual-scaling',
    by: noted(writer, longestName),
    byFrom: 'field-manager',
    what: `sets ${replicas.desired} replicas, which is respected until ${timeText(untilSeconds)}`,
    details: { replicas: replicas.desired, untilSeconds },
  };
};
