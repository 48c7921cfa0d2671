import type { Call, Particulars } from '#core/calls';
import type { Decision, Legal, Limited, Sample, Stage } from '#core/model';
import { type Abandoned, type DecisionRecord, PortError } from '#ports';
import { callAttributes, retryEvents } from './call-attributes.ts';
import { childSpanId } from './ids.ts';
import { outsideText } from './outside-text.ts';
import type { Span } from './readable-span.ts';
import {
  cycleAttributes,
  decideAttributes,
  executeAttributes,
  legalAttributes,
  limitAttributes,
  observeAttributes,
  rewardAttributes,
  sampleAttributes,
  targetAttributes,
} from './span-attributes.ts';

type Writable = { -readonly [K in keyof Span]: Span[K] };
type Interval = Pick<Span, 'startedAt' | 'endedAt'>;

const rootName = 'decision.cycle';

/**
 * The trace of a cycle that has ended: `decision.cycle`, below it a span for each agent, below those one for each metric,
 * each call and each limit that bound. A span is called by its path: `observe/cpu/value` stands below `observe/cpu`. What
 * is known of a stage that was not timed stands on the span above.
 */
export const spansOf = (record: DecisionRecord, { calls = [], legal }: Particulars = {}): Span[] => {
  const { traceId, spanId } = record;
  const stages = stagesOf(record);
  const spans: Writable[] = [];
  const byName = new Map<string, Writable>();
  const bearer = (name: string): Writable => byName.get(name) ?? bearer(above(name));
  const add = (name: string, when: Interval, kind: Span['kind'] = 'internal'): Writable => {
    const span: Writable = {
      name,
      traceId,
      spanId: spans.length === 0 ? spanId : childSpanId(spanId, spans.length),
      parentSpanId: spans.length === 0 ? undefined : bearer(above(name)).spanId,
      kind,
      startedAt: when.startedAt,
      endedAt: when.endedAt,
      attributes: {},
    };
    spans.push(span);
    if (!byName.has(name)) byName.set(name, span);
    return span;
  };

  const root = add(rootName, hull(stages.map(intervalOf), record.atSeconds));
  for (const stage of stages.toSorted((a, b) => depth(a.name) - depth(b.name)))
    add(stage.name, intervalOf(stage));
  const put = (stage: string, attributes: Span['attributes']): void =>
    void Object.assign(bearer(stage).attributes, attributes);

  put(rootName, cycleAttributes(record));
  put('observe', observeAttributes(record));
  for (const sample of record.observation.samples) {
    const name = `observe/${outsideText(sample.metric)}`;
    const span = byName.get(name) ?? add(name, sampleInterval(name, calls, bearer('observe')));
    Object.assign(span.attributes, sampleAttributes(sample));
    if (sample.state === 'error') span.error = detailOf(sample);
  }
  put('decide', decideAttributes(record.decision));
  if (legal !== undefined) put('limits', legalAttributes(legal));
  for (const { limit, bound } of limitsIn(record.decision, legal)) {
    const { endedAt } = bearer('limits');
    add(`limits/${limit.step}`, { startedAt: endedAt, endedAt }).attributes = limitAttributes(limit, bound);
  }
  put('execute', executeAttributes(record));
  for (const call of calls) {
    const span = add(outsideText(call.name), intervalOf(call), 'client');
    span.attributes = callAttributes(call);
    if (call.retries !== undefined) span.events = retryEvents(call);
    if (call.error !== undefined) span.error = outsideText(call.error.message);
  }
  if (record.reward !== undefined) {
    const span = bearer('reward');
    Object.assign(span.attributes, rewardAttributes(record.reward));
    const { traceId, spanId, decisionId } = record.reward;
    // The decision that is scored lies in an earlier trace.
    span.links = [{ traceId, spanId, attributes: { 'nimbusguard.decision.id': decisionId } }];
  }
  if (record.outcome === 'failed')
    for (const span of [root, bearer('execute')]) span.error = outsideText(record.error ?? 'failed');
  return spans;
};

/** The root of a cycle that was given up: it is all that there is. */
export const abandonedSpan = (cycle: Abandoned, error: unknown): Span => ({
  name: rootName,
  traceId: cycle.traceId,
  spanId: cycle.spanId,
  kind: 'internal',
  ...intervalOf(cycle),
  attributes: {
    ...targetAttributes(cycle.target),
    'nimbusguard.decision.id': cycle.id,
    'nimbusguard.outcome': 'abandoned',
    'error.type': error instanceof PortError ? error.place : 'loop',
  },
  error: outsideText(error instanceof Error ? error.message : String(error)),
});

/**
 * The limits that cut a wish short, and those that had narrowed what the policy could wish for. The bounds narrow always:
 * they are named where the size stands at one.
 */
const limitsIn = (
  { limits, to }: Decision,
  legal: Legal | undefined,
): readonly { readonly limit: Limited; readonly bound: boolean }[] => [
  ...limits.map((limit) => ({ limit, bound: true })),
  ...(legal?.withheld ?? [])
    .filter(
      ({ step, to: edge, reason }) =>
        (step !== 'bounds' || edge === to) &&
        !limits.some((limit) => limit.step === step && limit.reason === reason),
    )
    .map((limit) => ({ limit, bound: false })),
];

const detailOf = ({ state, detail = state }: Sample): string => outsideText(detail);

const intervalOf = ({ startedAt, seconds }: Omit<Stage, 'name'>): Interval => ({
  startedAt,
  endedAt: startedAt + seconds,
});

/**
 * The rewarder runs in each cycle, but only one that brought a reward has a span. The limit chain takes microseconds:
 * where it was not timed alone it is a point at the decider's end.
 */
const stagesOf = (record: DecisionRecord): readonly Stage[] => {
  const stages = (record.stages ?? []).filter((s) => s.name !== 'reward' || record.reward !== undefined);
  const decide = stages.find((s) => s.name === 'decide');
  if (decide === undefined || stages.some((s) => s.name === 'limits')) return stages;
  return [...stages, { name: 'limits', startedAt: decide.startedAt + decide.seconds, seconds: 0 }];
};

/** The limit chain runs inside the decider. */
const above = (name: string): string =>
  name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : name === 'limits' ? 'decide' : rootName;

/** Whoever stands above is made first. */
const depth = (name: string): number => (name === 'limits' ? 2 : name.split('/').length);

const hull = (intervals: readonly Interval[], otherwise: number): Interval =>
  intervals.length === 0
    ? { startedAt: otherwise, endedAt: otherwise }
    : {
        startedAt: Math.min(...intervals.map((i) => i.startedAt)),
        endedAt: Math.max(...intervals.map((i) => i.endedAt)),
      };

/** A metric takes as long as its calls do in this cycle; without any it was read somewhere within the look. */
const sampleInterval = (name: string, calls: readonly Call[], look: Interval): Interval => {
  const own = calls.filter((call) => call.name.startsWith(`${name}/`));
  if (own.length === 0) return look;
  const { startedAt, endedAt } = hull(own.map(intervalOf), look.startedAt);
  const within = (at: number): number => Math.min(Math.max(at, look.startedAt), look.endedAt);
  return { startedAt: within(startedAt), endedAt: within(endedAt) };
};
