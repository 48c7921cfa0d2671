import { type Attributes, type Link, type SpanContext, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Stage } from '#core/model';
import { redacted } from '#core/redact';
import type { DecisionRecord } from '#ports';
import { childSpanId } from './ids.ts';
import { facets } from './span-attributes.ts';

export type Scope = {
  readonly resource: Resource;
  readonly instrumentationScope: { readonly name: string; readonly version: string };
};

type HrTime = [number, number];
type Interval = { readonly startedAt: number; readonly endedAt: number };
type Timed = Interval & { readonly name: string; readonly context: SpanContext };

/**
 * The trace of a cycle that has ended: `decision.cycle` and below it a span for each stage that was timed. A stage
 * called `observe/cpu` stands below `observe`. What is known of a stage that was not timed stands on the span above.
 */
export const spansOf = (record: DecisionRecord, scope: Scope): ReadableSpan[] => {
  const stages = stagesOf(record);
  const root: Timed = {
    name: rootName,
    context: sampled(record.traceId, record.spanId),
    ...hull(
      stages.map((s) => ({ startedAt: s.startedAt, endedAt: s.startedAt + s.seconds })),
      record.atSeconds,
    ),
  };
  const timed = stages.map(
    (stage, i): Timed => ({
      name: stage.name,
      context: sampled(record.traceId, childSpanId(record.spanId, i + 1)),
      startedAt: stage.startedAt,
      endedAt: stage.startedAt + stage.seconds,
    }),
  );
  const byName = new Map([root, ...timed].map((span) => [span.name, span]));
  const bearer = (name: string): Timed => byName.get(name) ?? bearer(above(name));

  const spans = new Map<Timed, Mutable>();
  for (const span of [root, ...timed]) {
    const parent = span === root ? undefined : bearer(above(span.name)).context;
    spans.set(span, readable(span, parent, scope));
  }
  for (const facet of facets(record)) {
    const at = bearer(facet.stage);
    const span = spans.get(at)!;
    Object.assign(span.attributes, facet.attributes);
    if (facet.link) span.links.push(linkTo(facet.link));
    for (const event of facet.events ?? []) {
      span.events.push({ name: event.name, attributes: event.attributes, time: hrTime(at.endedAt) });
    }
  }
  if (record.outcome === 'failed') {
    const status = { code: SpanStatusCode.ERROR, message: redacted(record.error ?? 'failed') };
    for (const span of [root, bearer('execute')]) spans.get(span)!.status = status;
  }
  return [...spans.values()];
};

const rootName = 'decision.cycle';

/**
 * The rewarder runs in each cycle, but only one that brought a reward has a span. The limit chain runs last in the
 * decider and takes microseconds: where it was not timed alone it is a point at the decider's end.
 */
const stagesOf = (record: DecisionRecord): readonly Stage[] => {
  const stages = (record.stages ?? []).filter((s) => s.name !== 'reward' || record.reward !== undefined);
  const decide = stages.find((s) => s.name === 'decide');
  if (decide === undefined || stages.some((s) => s.name === 'limits')) return stages;
  return [...stages, { name: 'limits', startedAt: decide.startedAt + decide.seconds, seconds: 0 }];
};

/** The limit chain runs inside the decider. */
const above = (stage: string): string =>
  stage.includes('/') ? stage.slice(0, stage.lastIndexOf('/')) : stage === 'limits' ? 'decide' : rootName;

const hull = (intervals: readonly Interval[], otherwise: number): Interval =>
  intervals.length === 0
    ? { startedAt: otherwise, endedAt: otherwise }
    : {
        startedAt: Math.min(...intervals.map((i) => i.startedAt)),
        endedAt: Math.max(...intervals.map((i) => i.endedAt)),
      };

const traceFlagSampled = 1;
const sampled = (traceId: string, spanId: string): SpanContext => ({
  traceId,
  spanId,
  traceFlags: traceFlagSampled,
});

const linkTo = (to: { traceId: string; spanId: string; attributes: Attributes }): Link => ({
  context: { ...sampled(to.traceId, to.spanId), isRemote: true },
  attributes: to.attributes,
});

const hrTime = (seconds: number): HrTime => {
  const whole = Math.floor(seconds);
  const nanoseconds = Math.round((seconds - whole) * 1e9);
  return nanoseconds === 1e9 ? [whole + 1, 0] : [whole, nanoseconds];
};

type Mutable = { -readonly [K in keyof ReadableSpan]: ReadableSpan[K] };

const readable = (span: Timed, parent: SpanContext | undefined, scope: Scope): Mutable => ({
  name: span.name,
  kind: SpanKind.INTERNAL,
  spanContext: () => span.context,
  ...(parent && { parentSpanContext: parent }),
  startTime: hrTime(span.startedAt),
  endTime: hrTime(span.endedAt),
  duration: hrTime(Math.max(0, span.endedAt - span.startedAt)),
  status: { code: SpanStatusCode.UNSET },
  attributes: {},
  links: [],
  events: [],
  ended: true,
  resource: scope.resource,
  instrumentationScope: scope.instrumentationScope,
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
});
