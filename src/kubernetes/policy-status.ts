import type { Pause } from '#core/model';
import type { DecisionRecord } from '#ports';
import { boundLimits } from './bound-limits.ts';
import { conditionsOf } from './conditions.ts';
import { orderedJson } from './ordered-json.ts';
import type { PolicyFacts } from './policy-facts.ts';
import type { Condition, ConditionType, LastDecision, PolicyStatus } from './scaling-policy.ts';
import { timestamp } from './timestamps.ts';

const mostLimits = 16;
const longestError = 1024;

const whole = (count: number): number => Math.max(0, Math.round(count));

const lastDecision = (record: DecisionRecord, pauses: readonly Pause[]): LastDecision => {
  const { id, atSeconds, decision, outcome, error, traceId } = record;
  return {
    id,
    at: timestamp(atSeconds),
    from: whole(decision.from),
    to: whole(decision.to),
    outcome,
    reason: decision.reason,
    ...(decision.expert !== undefined && { expert: decision.expert }),
    limits: boundLimits(record, pauses)
      .slice(0, mostLimits)
      .map(({ step, from, to, reason }) => ({ step, from: whole(from), to: whole(to), reason })),
    ...(error !== undefined && { error: error.slice(0, longestError) }),
    traceId,
  };
};

const reasonsOf = ({ limits }: LastDecision): string => limits.map(({ reason }) => reason).join();

/** In Shadow the same wish comes again each cycle; told once it is told. */
const isSame = (a: LastDecision, b: LastDecision): boolean =>
  a.from === b.from &&
  a.to === b.to &&
  a.outcome === b.outcome &&
  a.error === b.error &&
  reasonsOf(a) === reasonsOf(b);

/** The first one, a size that changed, a limit that bound anew, a failure: other decisions are in the store alone. */
const matters = (now: LastDecision, before: LastDecision | undefined): boolean => {
  if (before === undefined) return true;
  if (before.id === now.id) return false;
  if (now.outcome === 'scaled') return true;
  if (isSame(now, before)) return false;
  return now.outcome !== 'held' || (now.limits.length > 0 && reasonsOf(now) !== reasonsOf(before));
};

const decided = (
  { record, pauses }: PolicyFacts,
  before: LastDecision | undefined,
): LastDecision | undefined => {
  if (record === undefined) return before;
  const now = lastDecision(record, pauses);
  return matters(now, before) ? now : before;
};

const lastScaleAt = ({ record }: PolicyFacts, before: string | undefined): string | undefined => {
  if (record === undefined) return before;
  if (record.outcome === 'scaled') return timestamp(record.atSeconds);
  const { lastScaledAt } = record.observation.replicas;
  return lastScaledAt === undefined ? before : timestamp(lastScaledAt);
};

const learningOf = ({ record, learns }: PolicyFacts, before: PolicyStatus['learning']) => {
  if (!learns) return undefined;
  if (record === undefined) return before;
  const { rounds = before?.rounds, regret = before?.regret } = record.learning ?? {};
  return {
    tableVersion: record.tableVersion,
    ...(rounds !== undefined && { rounds }),
    ...(regret !== undefined && Number.isFinite(regret) && { regret }),
  };
};

const holderOf = ({ holder }: PolicyFacts): PolicyStatus['holder'] =>
  holder && {
    writer: holder.writer.slice(0, 256),
    reason: holder.reason,
    ...(holder.untilSeconds !== undefined && { until: timestamp(holder.untilSeconds) }),
  };

/** Keys that have no value are left out. */
const present = <T extends object>(given: { readonly [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T;

/** What stands in the resource now, given what stood there before. */
export const statusOf = (
  facts: PolicyFacts,
  before: PolicyStatus | undefined,
  nowSeconds: number,
): PolicyStatus => {
  const { record } = facts;
  const sizes = record?.observation.replicas;
  return present<Required<PolicyStatus>>({
    observedGeneration: facts.generation,
    mode: facts.mode,
    currentReplicas: sizes === undefined ? before?.currentReplicas : whole(sizes.desired),
    desiredReplicas: record === undefined ? before?.desiredReplicas : whole(record.decision.to),
    readyReplicas: sizes === undefined ? before?.readyReplicas : whole(sizes.ready),
    conditions: conditionsOf(facts, before?.conditions, nowSeconds),
    lastDecision: decided(facts, before?.lastDecision),
    lastScaleAt: lastScaleAt(facts, before?.lastScaleAt),
    proposal: facts.proposal,
    canaryRatio: facts.canaryRatio,
    holder: holderOf(facts),
    learning: learningOf(facts, before?.learning),
    owner: facts.owner,
  });
};

/** Their texts say what to do; the others' come from decisions and may move with each. */
const tellingTypes: readonly ConditionType[] = ['Ready', 'Paused', 'Conflict'];

const conditionText = ({ type, status, observedGeneration, reason, message }: Condition): string =>
  [type, status, observedGeneration, reason, tellingTypes.includes(type) ? message : ''].join('\n');

/** All that somebody would act on: equal texts tell the same. What was learnt, and the time of a hold, go along with it. */
export const telling = ({
  conditions,
  lastDecision,
  learning: _,
  lastScaleAt: __,
  ...rest
}: PolicyStatus): string => orderedJson([conditions?.map(conditionText), lastDecision?.id, rest]);
