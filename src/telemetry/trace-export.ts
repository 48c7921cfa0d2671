import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { type DetectedResourceAttributes, resourceFromAttributes } from '@opentelemetry/resources';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import { readableSpan, type Scope } from './readable-span.ts';
import { spansIn, type Traced } from './traced.ts';

/** `failure`: why they did not reach the collector. */
export type Exported = { readonly spans: number; readonly failure?: string | undefined };

export type TraceExport = {
  export(batch: readonly Traced[]): Promise<Exported>;
  close(): Promise<void>;
};

export type Collector = {
  readonly url: string;
  readonly timeoutSeconds: number;
  readonly resource: DetectedResourceAttributes;
  readonly scope: { readonly name: string; readonly version: string };
};

/** Makes spans and sends them by OTLP (protobuf over HTTP). */
export const traceExport = (
  { url, timeoutSeconds, resource, scope }: Collector,
  exporter: SpanExporter = new OTLPTraceExporter({ url, timeoutMillis: timeoutSeconds * 1000 }),
): TraceExport => {
  const of: Scope = { resource: resourceFromAttributes(resource), instrumentationScope: scope };
  return {
    export: async (batch) => {
      const spans = batch.flatMap(spansIn);
      const { promise, resolve } = Promise.withResolvers<Exported>();
      exporter.export(
        spans.map((span) => readableSpan(span, of)),
        // ExportResultCode.SUCCESS is 0.
        ({ code, error }) =>
          resolve({ spans: spans.length, ...(code !== 0 && { failure: reasonOf(error) }) }),
      );
      return promise;
    },
    close: () => exporter.shutdown(),
  };
};

/** Several addresses of one name fail as an AggregateError without a message. */
const reasonOf = (error: (Error & { code?: string | number }) | undefined): string =>
  error === undefined ? 'unknown reason' : error.message || `${error.code ?? error.name}`;
