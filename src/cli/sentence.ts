import { type Limited, targetKey } from '#core/model';
import type { DecisionRecord } from '#ports';

const limited = ({ step, from, to, reason }: Limited): string =>
  `${step} took it from ${from} to ${to} (${reason})`;

/** A decision in one paragraph, from the record's own numbers. */
export const explain = (record: DecisionRecord): string => {
  const { decision, observation, outcome } = record;
  const { from, to, action, reason, expert, limits } = decision;
  const seen =
    observation.demand === undefined
      ? 'demand was not known'
      : `demand was ${observation.demand.toFixed(1)} requests/s`;
  const size = from === to ? `stays at ${to}` : `goes from ${from} to ${to}`;
  const wish = limits.length === 0 ? '' : ` It wanted ${from + action}; ${limits.map(limited).join('; ')}.`;
  const who = expert === undefined ? record.policy.name : `${record.policy.name} by ${expert}`;
  return `${targetKey(record.target)} ${size} replicas (${outcome}): ${reason}, decided by ${who} while ${seen}.${wish}`;
};
