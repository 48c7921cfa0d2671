import { eventsBetween } from '#kubernetes/event-notes';
import type { PolicyFacts } from '#kubernetes/policy-facts';
import { statusOf, telling } from '#kubernetes/policy-status';
import type { PolicyStatus, ScalingPolicy } from '#kubernetes/scaling-policy';
import type { PolicyRef } from '#kubernetes/status-writer';
import type { Telling } from '#operator/telling';

/**
 * Tells the cluster what is known of one policy: as status where that changed, as events where something happened. What
 * was told before stands in the resource itself, so a restart tells nothing twice.
 */
export const reporter = (given: {
  readonly resource: ScalingPolicy;
  readonly told: Pick<Telling, 'statuses' | 'events'>;
  readonly now: () => number;
}) => {
  const { resource, now } = given;
  const { statuses, events } = given.told;
  const { namespace = '', name, uid = '' } = resource.metadata;
  const policy: PolicyRef = { namespace, name, uid };
  let told: PolicyStatus | undefined = resource.status;
  let toldText = told && telling(told);
  return {
    tell: (facts: PolicyFacts): void => {
      const status = statusOf(facts, told, now());
      const text = telling(status);
      if (text === toldText) return;
      events.record(policy, eventsBetween(told, status, facts, now()));
      statuses.write(policy, status);
      told = status;
      toldText = text;
    },
    forget: (): void => statuses.forget(policy),
  };
};

export type Reporter = ReturnType<typeof reporter>;
