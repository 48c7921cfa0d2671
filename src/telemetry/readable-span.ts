import { type Attributes, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Scope } from './spans.ts';

export type Span = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Of the same trace. */
  readonly parentSpanId?: string | undefined;
  /** `client`: it waited for another process. */
  readonly kind: 'internal' | 'client';
  /** Unix seconds. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Attributes;
  /** Absent: nothing went wrong. */
  readonly error?: string | undefined;
};

const contextOf = (traceId: string, spanId: string): SpanContext => ({ traceId, spanId, traceFlags: 1 });

const hrTime = (seconds: number): [number, number] => {
  const nanoseconds = BigInt(Math.round(seconds * 1e6)) * 1000n;
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)];
};

/** As the exporters of OpenTelemetry take it: a span that has ended. */
export const readableSpan = (span: Span, { resource, instrumentationScope }: Scope): ReadableSpan => {
  const context = contextOf(span.traceId, span.spanId);
  const { parentSpanId: parent } = span;
  return {
    name: span.name,
    kind: span.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    ...(parent !== undefined && { parentSpanContext: contextOf(span.traceId, parent) }),
    startTime: hrTime(span.startedAt),
    endTime: hrTime(span.endedAt),
    duration: hrTime(Math.max(0, span.endedAt - span.startedAt)),
    status:
      span.error === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: span.error },
    attributes: span.attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
};
