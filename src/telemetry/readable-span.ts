import { type Attributes, type Link, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

export type Scope = {
  readonly resource: Resource;
  readonly instrumentationScope: { readonly name: string; readonly version: string };
};

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
  readonly events?: readonly SpanEvent[] | undefined;
  readonly links?:
    | readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Attributes }[]
    | undefined;
  /** Absent: nothing went wrong. */
  readonly error?: string | undefined;
};

export type SpanEvent = {
  readonly name: string;
  readonly atSeconds: number;
  readonly attributes: Attributes;
};

const traceFlagSampled = 1;

const contextOf = (traceId: string, spanId: string): SpanContext => ({
  traceId,
  spanId,
  traceFlags: traceFlagSampled,
});

type HrTime = [number, number];

const hrTime = (seconds: number): HrTime => {
  const whole = Math.floor(seconds);
  const nanoseconds = Math.round((seconds - whole) * 1e9);
  return nanoseconds === 1e9 ? [whole + 1, 0] : [whole, nanoseconds];
};

const linkTo = ({ traceId, spanId, attributes }: NonNullable<Span['links']>[number]): Link => ({
  context: { ...contextOf(traceId, spanId), isRemote: true },
  attributes,
});

/** As the exporters of OpenTelemetry take it: a span that has ended. */
export const readableSpan = (span: Span, scope: Scope): ReadableSpan => {
  const { traceId, parentSpanId } = span;
  const context = contextOf(traceId, span.spanId);
  return {
    name: span.name,
    kind: span.kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
    spanContext: () => context,
    ...(parentSpanId !== undefined && { parentSpanContext: contextOf(traceId, parentSpanId) }),
    startTime: hrTime(span.startedAt),
    endTime: hrTime(span.endedAt),
    duration: hrTime(Math.max(0, span.endedAt - span.startedAt)),
    status:
      span.error === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: span.error },
    attributes: span.attributes,
    links: (span.links ?? []).map(linkTo),
    events: (span.events ?? []).map(({ name, atSeconds, attributes }) => ({
      name,
      attributes,
      time: hrTime(atSeconds),
    })),
    ended: true,
    resource: scope.resource,
    instrumentationScope: scope.instrumentationScope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
};
