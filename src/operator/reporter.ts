import { eventsBetween } from '#kubernetes/event-notes';
import type { EventRecorder } from '#kubernetes/events';
import type { PolicyFacts } from '#kubernetes/policy-facts';
import { statusChanged, statusOf } from '#kubernetes/policy-status';
import type { PolicyStatus, ScalingPolicy } from '#kubernetes/scaling-policy';
import type { PolicyRef, StatusWriter } from '#kubernetes/status-writer';

/**
 * Tells the cluster what is known of one policy: as status where that changed, as events where something happened. What
 * was told before stands in the resource itself, so a restart tells nothing twice.
 */
export const reporter = (given: {
  readonly resource: ScalingPolicy;
  readonly writer: StatusWriter;
  readonly events: EventRecorder;
  readonly now: () => number;
}) => {
  const { resource, writer, events, now } = given;
  const { namespace = '', name, uid = '' } = resource.metadata;
  const policy: PolicyRef = { namespace, name, uid };
  let told: PolicyStatus | undefined = resource.status;
  return {
    tell: (facts: PolicyFacts): void => {
      const status = statusOf(facts, told, now());
      if (!statusChanged(told, status)) return;
      events.record(policy, eventsBetween(told, status, facts, now()));
      writer.write(policy, status);
      told = status;
    },
    forget: (): void => writer.forget(policy),
  };
};

export type Reporter = ReturnType<typeof reporter>;
