import type { Clock, Pruned, Retention, Store } from '#ports';
import type { LogFigures } from '#telemetry/metric-families';
import type { OpenTelemetry } from '#telemetry/telemetry';

/** A thousand targets write 80 MB in this time: so much may the log be larger than it should. */
const pruneEverySeconds = 600;

/** Removes what is older or more than the retention allows, again and again until the signal. */
export const prunes = async (given: {
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Pick<OpenTelemetry, 'log' | 'watchLog'>;
  readonly retention: Retention;
  readonly signal: AbortSignal;
}): Promise<void> => {
  const { store, clock, retention, signal } = given;
  const { log, watchLog } = given.telemetry;
  const figures = { bytes: 0, removed: new Map<string, number>() } satisfies LogFigures;
  watchLog(() => figures);

  const tell = ({ removed, decisionsBytes, freedBytes }: Pruned): void => {
    figures.bytes = decisionsBytes;
    for (const [what, count] of Object.entries(removed))
      figures.removed.set(what, (figures.removed.get(what) ?? 0) + count);
    const fields = { removed, decisionsBytes, freedBytes };
    if (decisionsBytes > retention.decisionsBytes)
      log.warn(
        { ...fields, allowedBytes: retention.decisionsBytes },
        'the decisions of the last two hours take more than retention.decisionsBytes: raise it, or look at targets less often',
      );
    else if (Object.values(removed).some((count) => count > 0)) log.info(fields, 'pruned');
  };

  for (let at = clock.now(); !signal.aborted; at += pruneEverySeconds) {
    await clock.until(at, signal).catch(() => undefined);
    if (signal.aborted) return;
    await store
      .prune(clock.now(), retention, signal)
      .then(tell, (err: unknown) => log.error({ err }, 'nothing was pruned'));
  }
};
