import { active, conflict, learning, paused, scalingLimited } from './act-conditions.ts';
import type { Finding, Judge } from './finding.ts';
import { fallback, metricsAvailable } from './metric-conditions.ts';
import type { PolicyFacts } from './policy-facts.ts';
import { ready } from './ready-condition.ts';
import { type Condition, type ConditionType, conditionTypes } from './scaling-policy.ts';
import { timestamp } from './timestamps.ts';

const judges: Readonly<Record<ConditionType, Judge>> = {
  Ready: ready,
  Active: active,
  MetricsAvailable: metricsAvailable,
  Learning: learning,
  Fallback: fallback,
  Paused: paused,
  ScalingLimited: scalingLimited,
  Conflict: conflict,
};

const longestMessage = 2048;

/** The API server refuses a whole status for one text that is too long or one reason of another form. */
const fitting = ({ status, reason, message }: Finding): Finding => ({
  status,
  reason: /^[A-Z][A-Za-z0-9]{0,127}$/.test(reason) ? reason : 'OtherReason',
  message: message.length > longestMessage ? `${message.slice(0, longestMessage - 1)}…` : message,
});

/** A clock that was set back moves no transition back. */
const transition = (
  before: Condition | undefined,
  status: Condition['status'],
  nowSeconds: number,
): string => {
  if (before === undefined) return timestamp(nowSeconds);
  if (before.status === status) return before.lastTransitionTime;
  return timestamp(Math.max(nowSeconds, Date.parse(before.lastTransitionTime) / 1000));
};

/** All that there are, always, in one order. */
export const conditionsOf = (
  facts: PolicyFacts,
  before: readonly Condition[] | undefined,
  nowSeconds: number,
): readonly Condition[] =>
  conditionTypes.map((type) => {
    const found = fitting(judges[type](facts, nowSeconds));
    const last = before?.find((one) => one.type === type);
    return {
      type,
      status: found.status,
      observedGeneration: facts.generation,
      lastTransitionTime: transition(last, found.status, nowSeconds),
      reason: found.reason,
      message: found.message,
    };
  });
