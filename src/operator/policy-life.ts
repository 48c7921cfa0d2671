import { windowsOf } from '#adapters/schedules/cron';
import type { Known } from '#agents/observer';
import type { AuditEntry } from '#core/audit';
import type { Mode } from '#core/model';
import { type Asked, evidenceOf, type Promotion, promote } from '#core/promotion';
import {
  approvalFor,
  decided,
  judged,
  noProposals,
  type Proposal,
  type Proposals,
  standing,
  type Verdict,
} from '#core/proposals';
import { sizeAfter } from '#core/size-after';
import type { Plan } from '#kubernetes/policy-plan';
import { manualSizeNote, verdictNote } from '#operator/people-notes';
import type { DecisionRecord, Sizes } from '#ports';
import type { TargetMemo } from '#workflows/target-memo';

const secondsInHour = 3600;

/**
 * What one policy carries from cycle to cycle besides the memory of its loop: its stage, what waits for a person's word,
 * what was seen last. All of it is in the memo, so that a restart loses no proposal and no evidence.
 */
export const policyLife = (given: {
  readonly plan: Plan;
  readonly memo: TargetMemo;
  readonly cluster: string;
  readonly now: () => number;
  readonly onFault: (error: unknown) => void;
}) => {
  const { plan, memo, cluster, now, onFault } = given;
  const windows = windowsOf(plan.schedules);
  const asked: Asked = {
    mode: plan.mode,
    promotion: plan.promotion,
    uid: plan.object.uid,
    generation: plan.object.generation,
    canaryRatio: plan.canary.ratio,
    widenEverySeconds: plan.canary.widenEverySeconds,
  };
  const known = memo.known();
  let { hoursObserved = 0, failures = 0 } = known;
  let learning: DecisionRecord['learning'];
  let record: DecisionRecord | undefined;
  let proposals: Proposals = known.proposals ?? noProposals;
  let promotion: Promotion = promote(
    known.promotion,
    evidenceOf(undefined, undefined, { hoursObserved, failures }),
    asked,
    now(),
  );
  let lastManual: string | undefined;
  const lastWord: Partial<Record<Verdict['verdict'], string>> = {};

  const keep = (note?: AuditEntry): void => {
    memo.keep({ promotion, proposals, hoursObserved, failures }, note).catch(onFault);
  };
  if (promotion !== known.promotion) keep();

  const observed = ({ observation, outcome, spec, learning: told, decision }: DecisionRecord): void => {
    if (observation.demand !== undefined) hoursObserved += spec.intervalSeconds / secondsInHour;
    if (outcome === 'failed') failures++;
    learning = told ?? learning;
    const evidence = evidenceOf(learning, decision.expert, { hoursObserved, failures });
    promotion = promote(promotion, evidence, asked, observation.atSeconds);
  };

  return {
    mode: (): Mode => promotion.stage,
    circumstances: (atSeconds: number, { desired }: Sizes): Known => ({
      schedule: windows.at(atSeconds),
      approved: approvalFor(proposals, desired, atSeconds),
      canaryRatio: promotion.stage === 'Canary' ? promotion.canaryRatio : undefined,
    }),
    /** A record that is kept. */
    took: (kept: DecisionRecord): void => {
      const before = [promotion, proposals, failures, Math.floor(hoursObserved)];
      record = kept;
      observed(kept);
      const { id, atSeconds, outcome, decision } = kept;
      const { from, to, reason } = decision;
      proposals = decided(proposals, { id, atSeconds, outcome, from, to, reason }, plan.approvalSeconds);
      const after = [promotion, proposals, failures, Math.floor(hoursObserved)];
      const note = manualSizeNote({ plan, cluster, record: kept });
      const isNew = note !== undefined && note.id !== lastManual;
      if (isNew) lastManual = note.id;
      if (isNew || after.some((one, i) => one !== before[i])) keep(isNew ? note : undefined);
    },
    /** A person's word; what is wrong with it, if anything. The same word is heard once. */
    judge: (verdict: Verdict): string | undefined => {
      if (verdict.id === lastWord[verdict.verdict] || record === undefined) return undefined;
      lastWord[verdict.verdict] = verdict.id;
      const { made, approved } = proposals;
      const heard = judged(proposals, verdict, {
        size: sizeAfter(record),
        nowSeconds: now(),
        timeoutSeconds: plan.approvalSeconds,
      });
      proposals = heard.proposals;
      const proposal = [...made, ...(approved === undefined ? [] : [approved])].find(
        ({ id }) => id === verdict.id,
      );
      keep(verdictNote({ plan, cluster, verdict, proposal, fault: heard.fault, atSeconds: now() }));
      return heard.fault;
    },
    record: (): DecisionRecord | undefined => record,
    proposal: (): Proposal | undefined => record && standing(proposals, sizeAfter(record), now()),
    canaryRatio: (): number | undefined => (promotion.stage === 'Canary' ? promotion.canaryRatio : undefined),
  };
};

export type PolicyLife = ReturnType<typeof policyLife>;
