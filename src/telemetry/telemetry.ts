import { type Target, targetKey } from '#core/model';
import { type Clock, type CycleIds, type Explained, PortError, type Telemetry } from '#ports';
import { cycleFields } from './cycle-fields.ts';
import { idMaker } from './ids.ts';
import { type Log, type LogLevel, openLog } from './log.ts';
import type { LearningFigures, LogFigures, OperatorFigures } from './metric-families.ts';
import type { Metrics } from './metrics.ts';
import { modelSpans } from './model-spans.ts';
import type { Service } from './resource.ts';
import { seldom } from './seldom.ts';
import type { Tracing } from './tracing.ts';

export type TelemetrySettings = {
  readonly service: Service;
  readonly log: { readonly level: LogLevel };
  readonly metrics: {
    readonly enabled: boolean;
    /** Targets with series of their own; the rest share one. */
    readonly mostTargets: number;
  };
  readonly tracing: {
    /** Base URL of an OTLP/HTTP collector; undefined: no traces. */
    readonly endpoint: string | undefined;
    /** Share of the holds that is exported; undefined: all below 50 targets, then as many as 50 give. */
    readonly holdRatio: number | undefined;
    /** How long the collector has for a batch; absent: five seconds. */
    readonly exportSeconds?: number | undefined;
  };
};

export type OpenTelemetry = Telemetry & {
  readonly log: Log;
  /** What went wrong beside the records: a cycle that was abandoned, a snapshot that was not saved. */
  fault(target: Target, error: unknown, of?: CycleIds): void;
  /** An answer that a language model was to word. */
  explained(explained: Explained): void;
  /** The target is gone: so are its series. */
  forget(target: Target): void;
  /** Figures of the learning beside the loop, read when they are scraped. */
  watchLearning(read: () => LearningFigures): void;
  /** Figures of the operator, read when they are scraped. */
  watchOperator(read: () => OperatorFigures): void;
  /** Figures of the kept decisions, read when they are scraped. */
  watchLog(read: () => LogFigures): void;
  metricsText(): Promise<{ readonly contentType: string; readonly body: string }>;
  /** Sends what waits; resolves within `timeoutSeconds`. */
  flush(timeoutSeconds: number): Promise<void>;
};

const complainEverySeconds = 60;

/** Readings of a cycle that has ended. What is off is not even loaded. */
export const openTelemetry = async (given: {
  readonly settings: TelemetrySettings;
  /** Spaces out complaints; by default a clock that only runs forward. */
  readonly clock?: Pick<Clock, 'now'> | undefined;
  readonly lines?: { write(line: string): void } | undefined;
}): Promise<OpenTelemetry> => {
  const { service, log: logSettings, metrics: metricsSettings, tracing: tracingSettings } = given.settings;
  const now = given.clock?.now ?? (() => performance.now() / 1000);
  const {
    log,
    record: logRecord,
    close: closeLog,
  } = openLog({ ...logSettings, service, lines: given.lines });
  const complaint = (message: string, heldBack: number) => log.warn({ held_back: heldBack }, message);
  const complain = seldom(complainEverySeconds, now, complaint);

  const ids = idMaker();
  const tracing = await tracingOf(tracingSettings, service, complain);
  const metrics = await metricsOf(metricsSettings, service, tracing);

  return {
    log,
    ids,
    record: (record, particulars): void => {
      try {
        const exemplify = metrics?.record(record);
        tracing?.record(record, particulars, exemplify);
        logRecord(record);
      } catch (error) {
        complain(`[telemetry] cycle ${record.id} could not be read: ${(error as Error).message}`);
      }
    },
    abandoned: (cycle, error): void => void tracing?.abandoned(cycle, error),
    fault: (target, error, of): void => {
      const place = error instanceof PortError ? error.place : 'loop';
      metrics?.fault(place);
      const message = error instanceof Error ? error.message : String(error);
      log.error({ ...cycleFields(of), target: targetKey(target), place, err: error }, message);
    },
    explained: (one): void => {
      try {
        tracing?.add(modelSpans(one, ids, tracing.isTraced));
        metrics?.explained(one);
        log.debug(
          { trace_id: one.of?.traceId, span_id: one.of?.spanId, outcome: one.outcome, ...one.sentences },
          'an answer was worded',
        );
        const failed = one.calls.find(({ errorType }) => errorType !== undefined);
        if (failed !== undefined && one.outcome !== 'left')
          complain(
            `[explanations] ${failed.requestModel} could not word an answer: ${one.outcome} (${failed.errorType}). ` +
              'It was given in the words of the record.',
          );
      } catch (error) {
        complain(`[telemetry] an answer could not be read: ${(error as Error).message}`);
      }
    },
    forget: (target): void => {
      tracing?.forget(target);
      metrics?.forget(target);
    },
    watchLearning: (read) => metrics?.watchLearning(read),
    watchOperator: (read) => metrics?.watchOperator(read),
    watchLog: (read) => metrics?.watchLog(read),
    metricsText: async () => (await metrics?.text()) ?? noMetrics,
    flush: async (timeoutSeconds) => tracing?.flush(timeoutSeconds),
    close: async (timeoutSeconds): Promise<void> => {
      await tracing?.close(timeoutSeconds);
      closeLog();
    },
  };
};

const noMetrics = {
  contentType: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
  body: '# EOF\n',
};

const tracingOf = async (
  { endpoint, holdRatio, exportSeconds }: TelemetrySettings['tracing'],
  service: Service,
  complain: (message: string) => void,
): Promise<Tracing | undefined> => {
  if (endpoint === undefined) return undefined;
  const { openTracing } = await import('./tracing.ts');
  return openTracing({ endpoint, holdRatio, exportSeconds, service, complain });
};

const metricsOf = async (
  { enabled, mostTargets }: TelemetrySettings['metrics'],
  service: Service,
  tracing: Tracing | undefined,
): Promise<Metrics | undefined> => {
  if (!enabled) return undefined;
  const { openMetrics } = await import('./metrics.ts');
  return openMetrics({ version: service.version, mostTargets, spans: tracing?.spans });
};
