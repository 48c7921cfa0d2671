import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace';
import { type Target, targetKey } from '#core/model';
import type { DecisionRecord } from '#ports';
import { isRemarkable } from './change.ts';
import { isSampled } from './ids.ts';
import { readableSpan, type Span } from './readable-span.ts';
import { type Scope, spansOf } from './spans.ts';

export type Service = { readonly name: string; readonly version: string; readonly instanceId: string };

/**
 * Holds are sampled so that their traces do not grow with the number of targets: all of them below 50 targets, as
 * many as 50 targets give above.
 */
const targetsTracedWhole = 50;

/** 4 batches: far below the 30 exports that the exporter takes at once, so that nothing is lost at the end. */
const queueSpans = 2048;
const batchSpans = 512;
const batchDelaySeconds = 1;
const exportSeconds = 5;

/**
 * Traces by OTLP (protobuf over HTTP). A cycle is traced after it has ended, so what is kept is decided by what
 * happened: each cycle that changed something or was limited, and a share of the holds.
 */
export const openTracing = (given: {
  readonly endpoint: string;
  readonly service: Service;
  /** Share of the holds that is exported; undefined: by the number of targets. */
  readonly holdRatio?: number | undefined;
  readonly exporter?: SpanExporter | undefined;
  readonly complain: (message: string) => void;
}) => {
  const url = tracesUrl(given.endpoint);
  const inner = given.exporter ?? new OTLPTraceExporter({ url, timeoutMillis: exportSeconds * 1000 });
  const scope: Scope = {
    resource: resourceFromAttributes({
      'service.name': given.service.name,
      'service.version': given.service.version,
      'service.instance.id': given.service.instanceId,
    }),
    instrumentationScope: { name: given.service.name, version: given.service.version },
  };
  const spans = { exported: 0, failed: 0, dropped: 0 };
  const targets = new Set<string>();
  let queued = 0;

  const exporter: SpanExporter = {
    export: (batch, done) => {
      queued -= batch.length;
      inner.export(batch, (result) => {
        // ExportResultCode.SUCCESS is 0.
        const failed = result.code !== 0;
        spans[failed ? 'failed' : 'exported'] += batch.length;
        if (failed) {
          given.complain(
            `[otlp] ${batch.length} spans did not reach ${url}: ${reasonOf(result.error)}. ` +
              'Decisions go on; start the collector, or correct or remove the endpoint of the traces.',
          );
        }
        done(result);
      });
    },
    shutdown: () => inner.shutdown(),
    forceFlush: async () => inner.forceFlush?.(),
  };
  const processor = new BatchSpanProcessor({
    exporter,
    maxQueueSize: queueSpans,
    maxExportBatchSize: batchSpans,
    scheduledDelayMillis: batchDelaySeconds * 1000,
    exportTimeoutMillis: 2 * exportSeconds * 1000,
  });

  const holdRatio = (): number => given.holdRatio ?? Math.min(1, targetsTracedWhole / targets.size);

  return {
    /** Counts of spans, by what became of them. */
    spans: spans as Readonly<typeof spans>,
    /** Whether the trace will be exported: whole or not at all. */
    record: (record: DecisionRecord): boolean => {
      targets.add(targetKey(record.target));
      if (!isRemarkable(record) && !isSampled(record.traceId, holdRatio())) return false;
      const trace = spansOf(record, scope);
      if (queued + trace.length > queueSpans) {
        spans.dropped += trace.length;
        given.complain(`[otlp] the queue of ${queueSpans} spans for ${url} is full: a trace was dropped.`);
        return false;
      }
      queued += trace.length;
      for (const span of trace) processor.onEnd(span);
      return true;
    },
    /** Spans that come later, of a trace that may be long gone; their parents are named by whoever knows them. */
    add: (late: readonly Span[]): void => {
      if (queued + late.length > queueSpans) {
        spans.dropped += late.length;
        return;
      }
      queued += late.length;
      for (const span of late) processor.onEnd(readableSpan(span, scope));
    },
    forget: (target: Target): void => {
      targets.delete(targetKey(target));
    },
    close: async (timeoutSeconds: number): Promise<void> => {
      const { promise: timeout, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutSeconds * 1000);
      // A failed export has been complained about by then.
      await Promise.race([processor.shutdown().catch(() => undefined), timeout]);
      clearTimeout(timer);
    },
  };
};

export type Tracing = ReturnType<typeof openTracing>;

/** The path that OTLP/HTTP appends to a base endpoint. */
const tracesPath = '/v1/traces';
const tracesUrl = (endpoint: string): string => {
  const base = endpoint.replace(/\/+$/, '');
  return base.endsWith(tracesPath) ? base : base + tracesPath;
};

/** Several addresses of one name fail as an AggregateError without a message. */
const reasonOf = (error: (Error & { code?: string | number }) | undefined): string =>
  error === undefined ? 'unknown reason' : error.message || `${error.code ?? error.name}`;
