import type { Clock } from '#ports';
import { type KubeApi, KubeError } from './api.ts';
import type { EventNote } from './event-notes.ts';
import { policyApiVersion, policyKind } from './scaling-policy.ts';
import type { PolicyRef } from './status-writer.ts';
import { microTimestamp } from './timestamps.ts';
import type { TokenBucket } from './token-bucket.ts';

const reportingController = 'nimbusguard.io/controller';
const longestNote = 1024;
/** As long as an event may grow into a series after its last occurrence (client-go's own). */
const seriesSeconds = 360;
/** Events are told, not kept: of more than this the oldest are lost. */
const mostWaiting = 1000;

type Known = { readonly path: string; readonly until: number; readonly count: number };
type Waiting = { readonly policy: PolicyRef; readonly note: EventNote; readonly atSeconds: number };

export type EventRecorder = {
  /** Returns at once. */
  record(policy: PolicyRef, notes: readonly EventNote[]): void;
  /** Resolves when nothing is left to send. */
  idle(): Promise<void>;
};

/** The API server counts bytes. */
const cut = (text: string, mostBytes: number): string => {
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(mostBytes));
  return text.slice(0, read);
};

/** An `events.k8s.io/v1` Event. */
export const eventOf = ({ policy, note, atSeconds }: Waiting, reportingInstance: string): object => ({
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { generateName: `${policy.name.slice(0, 200)}-`, namespace: policy.namespace },
  eventTime: microTimestamp(atSeconds),
  reportingController,
  reportingInstance: cut(reportingInstance, 128),
  type: note.type,
  reason: note.reason,
  action: note.action,
  note: cut(note.note.length === 0 ? note.reason : note.note, longestNote),
  regarding: {
    apiVersion: policyApiVersion,
    kind: policyKind,
    namespace: policy.namespace,
    name: policy.name,
    uid: policy.uid,
  },
});

/** Sends events at the pace of one bucket; what is told again soon becomes a series of the event before. */
export const eventRecorder = (given: {
  readonly api: Pick<KubeApi, 'request'>;
  readonly clock: Clock;
  readonly bucket: TokenBucket;
  /** This replica: `nimbusguard-7d4b9-x2x7k`. */
  readonly instance: string;
  readonly onFault: (error: unknown) => void;
  readonly signal?: AbortSignal | undefined;
}): EventRecorder => {
  const { api, clock, bucket, instance, onFault, signal } = given;
  const waiting: Waiting[] = [];
  const known = new Map<string, Known>();
  let sending: Promise<void> | undefined;

  const create = async (key: string, one: Waiting): Promise<void> => {
    const path = `/apis/events.k8s.io/v1/namespaces/${one.policy.namespace}/events`;
    const body = eventOf(one, instance);
    const { metadata } = await api.request<{ metadata: { name: string } }>('POST', path, { body, signal });
    known.set(key, { path: `${path}/${metadata.name}`, until: one.atSeconds + seriesSeconds, count: 1 });
  };

  const again = async (key: string, one: Waiting, { path, count }: Known): Promise<void> => {
    const series = { count: count + 1, lastObservedTime: microTimestamp(one.atSeconds) };
    await api.request('PATCH', path, { body: { series }, signal });
    known.set(key, { path, until: one.atSeconds + seriesSeconds, count: count + 1 });
  };

  const send = async (one: Waiting): Promise<void> => {
    for (const [key, { until }] of known) if (until < one.atSeconds) known.delete(key);
    const key = JSON.stringify([one.policy.uid, one.note]);
    const before = known.get(key);
    if (before === undefined) return create(key, one);
    try {
      await again(key, one, before);
    } catch (error) {
      if (!(error instanceof KubeError) || error.code !== 404) throw error;
      // Events live for an hour and may be deleted.
      await create(key, one);
    }
  };

  const drain = async (): Promise<void> => {
    try {
      while (waiting.length > 0) {
        await clock.until(bucket.take(clock.now()), signal);
        const one = waiting.shift()!;
        await send(one).catch(onFault);
      }
    } catch (error) {
      // Nobody waits for what was to be told after the end.
      if (signal?.aborted !== true) onFault(error);
    } finally {
      sending = undefined;
    }
  };

  return {
    record: (policy, notes) => {
      if (signal?.aborted) return;
      const atSeconds = clock.now();
      waiting.push(...notes.map((note) => ({ policy, note, atSeconds })));
      waiting.splice(0, Math.max(0, waiting.length - mostWaiting));
      if (waiting.length > 0) sending ??= drain();
    },
    idle: async () => {
      while (sending !== undefined) await sending;
    },
  };
};
