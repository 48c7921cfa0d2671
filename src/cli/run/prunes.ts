import type { Clock, Retention, Store } from '#ports';
import type { OpenTelemetry } from '#telemetry/telemetry';

const pruneEverySeconds = 3600;

/** Removes what is older than the retention, once an hour until the signal. */
export const prunes = async (given: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: OpenTelemetry['log'];
  readonly retention: Retention;
  readonly signal: AbortSignal;
}): Promise<void> => {
  const { store, clock, log, retention, signal } = given;
  for (let at = clock.now(); !signal.aborted; at += pruneEverySeconds) {
    await clock.until(at, signal).catch(() => undefined);
    if (signal.aborted) return;
    await store
      .prune(clock.now(), retention)
      .catch((err: unknown) => log.error({ err }, 'nothing was pruned'));
  }
};
