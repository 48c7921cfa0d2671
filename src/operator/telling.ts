import type { KubeApi } from '#kubernetes/api';
import { type EventRecorder, eventRecorder } from '#kubernetes/events';
import { type StatusWriter, statusWriter } from '#kubernetes/status-writer';
import { tokenBucket } from '#kubernetes/token-bucket';
import type { Clock } from '#ports';

/** Of all policies of this replica together; so many seconds' worth may come at once. */
const statusesPerSecond = 10;
const eventsPerSecond = 5;
const burstSeconds = 2;

export type Telling = {
  readonly statuses: StatusWriter;
  readonly events: EventRecorder;
  /** Resolves when nothing is left to tell. */
  idle(): Promise<void>;
};

/** What the cluster is told of its policies: status and events, at a pace that an API server does not feel. */
export const telling = (given: {
  readonly api: KubeApi;
  readonly clock: Clock;
  readonly identity: string;
  readonly signal: AbortSignal;
  readonly onFault: (error: unknown) => void;
}): Telling => {
  const { onFault, identity, ...doors } = given;
  const pace = (perSecond: number) => tokenBucket({ perSecond, burst: burstSeconds * perSecond });
  const statuses = statusWriter({
    ...doors,
    bucket: pace(statusesPerSecond),
    onFault: (_, error) => onFault(error),
  });
  const events = eventRecorder({ ...doors, bucket: pace(eventsPerSecond), instance: identity, onFault });
  return {
    statuses,
    events,
    idle: async () => {
      await Promise.all([statuses.idle(), events.idle()]);
    },
  };
};
